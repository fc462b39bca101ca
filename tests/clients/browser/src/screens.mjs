// Pictures of the main pages in four languages, as a reader's screen shows them, for those who look before they build.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from './book.mjs';
import { reader, withBrowser } from './browser.mjs';

const PAGES = { home: 'home', register: 'register', record: 'record with versions', mesh: 'mesh' };
const LANGUAGES = ['ru', 'zh', 'en', 'fa'];
/** Nothing but what the demonstration shows. */
export const isBare = true;
/** Bytes of a picture. */
const MOST = 100 * 1024;
/** How good a picture is, of a hundred: letters stay clean. */
const QUALITY = 82;

export async function judge(places) {
  await withBrowser(async (browser) => {
    for (const lang of LANGUAGES) {
      const page = await (await reader(browser, { lang })).newPage();
      const camera = await page.context().newCDPSession(page);
      for (const [name, place] of Object.entries(PAGES)) {
        await page.goto(places.find((one) => one.name === place).address(lang));
        const { data } = await camera.send('Page.captureScreenshot', { format: 'webp', quality: QUALITY });
        const picture = Buffer.from(data, 'base64');
        writeFileSync(join(process.env.SCREENS, `${name}.${lang}.webp`), picture);
        check(`${name}.${lang}`, picture.length <= MOST ? [] : [`${picture.length} bytes`]);
      }
    }
  });
}
