// The browser of the distribution, without anything that it would fetch by itself.

import { chromium } from 'playwright-core';

/** A screen of a desk, and the narrowest telephone that is common. */
export const WIDE = 1280;
export const NARROW = 360;
/** What is left of a screen of 1280 at 400 %. */
export const ENLARGED = 320;

/** Longest that anything on a page may take. */
const PATIENCE_MS = 15_000;

const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync'];

/** Runs the work with a browser, and ends it. */
export async function withBrowser(work) {
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: FLAGS });
  try {
    return await work(browser);
  } finally {
    await browser.close();
  }
}

/** A reader: a language, a theme, a width, with or without script, and how fine the screen is. */
export async function reader(browser, { lang, theme = 'light', width = WIDE, script = true, scale = 1 }) {
  const context = await browser.newContext({
    locale: lang,
    colorScheme: theme,
    viewport: { width, height: 900 },
    deviceScaleFactor: scale,
    javaScriptEnabled: script,
    reducedMotion: 'reduce',
    timezoneId: 'UTC',
  });
  context.setDefaultTimeout(PATIENCE_MS);
  return context;
}

/** Unfolds what can be unfolded: what is folded nobody checks. */
export const unfold = (page) => page.evaluate(() => {
  for (const details of document.querySelectorAll('details')) details.open = true;
});
