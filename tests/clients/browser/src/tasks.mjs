// The first tasks of `tests/e2e/tasks.toml`, each by readers of four languages, with and without script, wide and narrow, in pairs.

import { check } from './book.mjs';
import { NARROW, WIDE, reader, withBrowser } from './browser.mjs';
import { message } from './messages.mjs';
import { pairwise } from './pairs.mjs';
import { step } from './steps.mjs';

const TASKS = JSON.parse(process.env.TASKS).task;
const LANGUAGES = process.env.LANGUAGES.split(',');

export async function judge(places) {
  const rows = pairwise({ task: TASKS.map(({ name }) => name), lang: LANGUAGES, script: [true, false], width: [WIDE, NARROW] });
  await withBrowser(async (browser) => {
    for (const { task, ...who } of rows) {
      const context = await reader(browser, who);
      const name = `${task}, ${who.lang}, ${who.script ? 'with' : 'without'} script, ${who.width}`;
      check(name, await outcome(await context.newPage(), TASKS.find((one) => one.name === task), who.lang, places));
      await context.close();
    }
  });
}

/** What stood in the way of a task. */
async function outcome(page, task, lang, places) {
  const address = (name, tongue) => {
    const place = places.find((one) => one.name === name);
    if (!place) throw new Error(`no place \`${name}\``);
    return place.address(tongue);
  };
  try {
    const scene = { page, lang, address };
    await page.goto(address(task.start, lang));
    for (const one of task.steps) await step(scene, one);
    return await missing(scene, task.end);
  } catch (error) {
    return [`at ${page.url()}: ${error.message.split('\n')[0]}`];
  }
}

/** What is not as it must be in the end. */
async function missing({ page, lang, address }, { place, says = [], shows = [] }) {
  const found = [];
  if (place && spelt(page.url()) !== spelt(address(place, lang))) found.push(`it ends at ${page.url()}`);
  const text = await page.locator('body').innerText();
  for (const key of says) if (!text.includes(message(lang, key))) found.push(`nothing says \`${key}\``);
  for (const selector of shows) if (!(await page.locator(selector).first().isVisible())) found.push(`no ${selector} is to be seen`);
  return found;
}

/** An address, however it is escaped and whatever the order of its question. */
function spelt(text) {
  const { pathname, searchParams } = new URL(text);
  const asked = [...searchParams].filter(([, value]) => value !== '').map((pair) => pair.join('='));
  return [decodeURIComponent(pathname), ...asked.sort()].join(' ');
}
