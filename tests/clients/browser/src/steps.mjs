// What readers do: one function for each kind of step in `tests/e2e/tasks.toml`. What they press they find by its name.

import { execFile } from 'node:child_process';
import { message } from './messages.mjs';

const LANGUAGES = process.env.LANGUAGES.split(',');

const STEPS = {
  ask: ({ page, lang }, { ask }) => page.locator('#q').fill(ask[lang] ?? ask.en),
  press: ({ page, lang }, { press, number }) => {
    const name = message(lang, press, number);
    const called = (role) => page.getByRole(role, { name, exact: true });
    return leave(page, called('button').or(called('link')).first());
  },
  follow: async ({ page, lang, address }, { follow }) => {
    const { pathname, search } = new URL(address(follow, lang));
    await leave(page, page.locator(`main a[href="${pathname}${search}"]`).first());
  },
  open: ({ page }, { open }) => leave(page, page.locator(open).first()),
  choose: async ({ page }, { choose, value }) => {
    const box = page.locator(`input[name="${choose}"][value="${value}"]`);
    await unfoldAround(page, box);
    // A script sends a choice by itself, and takes the button away.
    const button = page.locator('.apply');
    const isAsked = await button.isVisible();
    const here = page.url();
    await box.click();
    if (isAsked) await button.click();
    await page.waitForURL((url) => url.href !== here);
  },
  switch: async (scene) => {
    const { page, lang } = scene;
    const next = LANGUAGES[(LANGUAGES.indexOf(lang) + 1) % LANGUAGES.length];
    await leave(page, page.locator(`.tongues a[lang="${next}"]`));
    scene.lang = next;
  },
  take: async ({ page }, { take, holds }) => {
    const href = await page.getByRole('link', { name: take, exact: true }).getAttribute('href');
    const answer = await page.request.get(new URL(href, page.url()).href);
    if (!answer.ok() || !(await answer.text()).includes(holds)) throw new Error(`${href} answers ${answer.status()}, without ${holds}`);
  },
  keep: async (scene, { keep }) => {
    const { page, lang } = scene;
    const href = await page.getByRole('link', { name: message(lang, keep), exact: true }).getAttribute('href');
    const answer = await page.request.get(new URL(href, page.url()).href);
    if (!answer.ok()) throw new Error(`${href} answers ${answer.status()}`);
    scene.kept = { name: 'kept', mimeType: 'application/octet-stream', buffer: await answer.body() };
  },
  upload: ({ page, kept }, { upload }) => page.locator(upload).setInputFiles(kept),
  verify: async ({ page }, { verify }) => {
    const command = (await page.locator(verify).first().innerText()).trim();
    const words = command.split(/\s+/).map((word) => word.replace(/^'|'$/g, ''));
    if (!(await endsWell(words))) throw new Error(`it does not end well: ${command}`);
    if (await endsWell([...words.slice(0, -1), otherKey(words.at(-1))])) throw new Error(`with another key it ends well: ${command}`);
  },
};

/** Does one step. A kind of step that is not known is a fault of the table. */
export async function step(scene, one) {
  const kind = Object.keys(one).find((name) => name in STEPS);
  if (!kind) throw new Error(`no such step: ${JSON.stringify(one)}`);
  await STEPS[kind](scene, one);
}

/** Presses what leads to another page. */
async function leave(page, what) {
  const here = page.url();
  await what.click();
  await page.waitForURL((url) => url.href !== here);
}

/** Opens the groups in which something is folded away. */
async function unfoldAround(page, box) {
  const folded = page.locator('details:not([open])', { has: box });
  while ((await folded.count()) > 0) await folded.first().locator('> summary').click();
}

/** Whether a command that a page shows ends well; it is `chapar`, whichever is judged. */
function endsWell([program, ...words]) {
  if (program !== 'chapar') throw new Error(`not one of ours: ${program}`);
  return new Promise((resolve) => { execFile(process.env.CHAPAR, words, (error) => resolve(error === null)); });
}

/** The same key with one letter changed. */
function otherKey(key) {
  const at = key.length - 8;
  return key.slice(0, at) + (key[at] === 'A' ? 'B' : 'A') + key.slice(at + 1);
}
