// Rows that show every pair of values of any two factors, and not many more: the fault of a page mostly needs two things to meet.

/** Rows as objects by the names of the factors. The same factors give the same rows. */
export function pairwise(factors) {
  const names = Object.keys(factors);
  const open = new Set(pairsOf(names, factors));
  const rows = [];
  while (open.size > 0) {
    const row = {};
    seed(row, open.values().next().value);
    for (const name of names) row[name] ??= best(row, name, factors[name], open);
    for (const pair of pairsIn(row)) open.delete(pair);
    rows.push(row);
  }
  return rows;
}

const key = (one, its, other, others) => JSON.stringify([one, its, other, others]);

function* pairsOf(names, factors) {
  for (const [place, one] of names.entries())
    for (const other of names.slice(place + 1))
      for (const its of factors[one]) for (const others of factors[other]) yield key(one, its, other, others);
}

function seed(row, pair) {
  const [one, its, other, others] = JSON.parse(pair);
  row[one] = its;
  row[other] = others;
}

/** The value with which most pairs are shown that no row has shown; of equal ones, the one that comes after the last row's in turn. */
function best(row, name, values, open) {
  const shown = (value) => [...pairsIn({ ...row, [name]: value })].filter((pair) => open.has(pair)).length;
  const counts = values.map(shown);
  return values[counts.indexOf(Math.max(...counts))];
}

function* pairsIn(row) {
  const names = Object.keys(row);
  for (const one of names)
    for (const other of names) {
      if (one === other) continue;
      yield key(one, row[one], other, row[other]);
    }
}
