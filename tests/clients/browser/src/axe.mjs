// axe-core on every place of the portal, with all that is folded unfolded: no violation of WCAG 2.2 AA, nor of what axe calls best practice.
// Each place in Russian and in Persian, by light and dark and wide and narrow, in pairs.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { check } from './book.mjs';
import { NARROW, WIDE, reader, unfold, withBrowser } from './browser.mjs';
import { pairwise } from './pairs.mjs';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
/** Pages that are looked at, in all. */
const MOST = 48;

export async function judge(places) {
  const rows = pairwise({ place: places.map(({ name }) => name), lang: ['ru', 'fa'], theme: ['light', 'dark'], width: [WIDE, NARROW] });
  check(`at most ${MOST} pages are looked at`, rows.length > MOST ? [`${rows.length} pages`] : []);
  await withBrowser(async (browser) => {
    const pages = new Map();
    for (const { place, ...who } of rows) {
      const name = Object.values(who).join(', ');
      if (!pages.has(name)) pages.set(name, await pageWithAxe(browser, who));
      const address = places.find((one) => one.name === place);
      check(`${place}, ${name}`, await violations(pages.get(name), address, who.lang));
    }
  });
}

/** The portal's own policy lets no script in afterwards. */
async function pageWithAxe(browser, who) {
  const context = await reader(browser, who);
  await context.addInitScript({ content: AXE });
  return context.newPage();
}

async function violations(page, place, lang) {
  const answer = await page.goto(place.address(lang));
  if (answer.status() !== place.status) return [`${answer.url()} answers ${answer.status()}`];
  await unfold(page);
  const found = await page.evaluate((rules) => globalThis.axe.run({ runOnly: rules, resultTypes: ['violations'] }), RULES);
  return found.violations.flatMap(({ id, help, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} (${help}): ${target.join(' ')}: ${failureSummary.replace(/\s+/g, ' ')}`));
}
