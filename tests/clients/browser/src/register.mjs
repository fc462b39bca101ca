// What the node's public door says of its records, for judges that have to know where they are. Refuses to look at pages.

const PAUSE_MS = 200;
const TRIES = 150;

/** The ids of all records, by the names that their authors gave them. */
export async function idsByName(portal) {
  const ids = new Map();
  let after = '';
  do {
    const page = await json(`${portal}chapar/v1/register/records?limit=100${after}`);
    for (const { id } of page.items) ids.set(id.split('/').pop(), id);
    after = page.next ? `&after=${encodeURIComponent(page.next)}` : null;
  } while (after !== null);
  return ids;
}

/** The same, once these names are among them. */
export async function idsWith(portal, names) {
  for (let tries = 0; tries < TRIES; tries += 1) {
    const ids = await idsByName(portal);
    if (names.every((name) => ids.has(name))) return ids;
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  throw new Error(`not in the catalogue: ${names}`);
}

async function json(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`${address}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}
