// What was checked and how it ended. Each check is a line of its own only where it failed.

let passed = 0;
let failed = 0;

/** One check: it failed where there are complaints. */
export function check(name, complaints) {
  if (complaints.length === 0) {
    passed += 1;
    return;
  }
  failed += 1;
  console.log(`FAIL  ${name}`);
  for (const complaint of complaints) console.log(`      ${complaint}`);
}

/** The closing line, and the verdict as an exit code. */
export function close(judge) {
  console.log(`${judge}: ${passed} of ${passed + failed}`);
  return failed === 0 && passed > 0 ? 0 : 1;
}
