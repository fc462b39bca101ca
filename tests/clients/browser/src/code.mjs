// What a camera sees of a record's code: a published reader of QR codes reads the drawn page, and what it reads opens the page that says
// whether the record is genuine. On paper it is black on white whatever the reader's theme is.

import { createRequire } from 'node:module';
import { check } from './book.mjs';
import { reader, withBrowser } from './browser.mjs';

/** The reader of codes, as a page loads it. */
const READER = createRequire(import.meta.url).resolve('jsqr');
/** Pixels of a camera for one of the page. */
const SCALE = 4;
/** Records with a code, and how the room of verification takes them. */
const EXPECTED = new Map([
  ['record with versions', 'good'], ['record, old version', 'careful'], ['record, withdrawn', 'careful'],
  ['record, expired', 'careful'], ['record, sealed', 'good'], ['record, hostile', 'good'], ['record of a liar', 'careful'],
]);

export async function judge(places) {
  await withBrowser(async (browser) => {
    const blank = await browser.newPage();
    await blank.addScriptTag({ path: READER });
    for (const theme of ['light', 'dark']) {
      const page = await (await reader(browser, { lang: 'fa', theme, scale: SCALE })).newPage();
      for (const place of places.filter(({ name }) => EXPECTED.has(name))) {
        await page.goto(place.address('fa'));
        const read = await seen(blank, await page.locator('.qr').screenshot());
        check(`${place.name}, ${theme}: read`, read === null ? ['no reader finds a code'] : []);
        if (read !== null) check(`${place.name}, ${theme}: opened`, await opened(page, read, EXPECTED.get(place.name)));
      }
    }
  });
}

/** What the reader of codes finds in a picture; it reads within a page, where the pixels are. */
function seen(blank, picture) {
  return blank.evaluate(async (source) => {
    const image = new Image();
    image.src = source;
    await image.decode();
    const canvas = Object.assign(document.createElement('canvas'), { width: image.width, height: image.height });
    const drawn = canvas.getContext('2d');
    drawn.drawImage(image, 0, 0);
    const { data, width, height } = drawn.getImageData(0, 0, image.width, image.height);
    return globalThis.jsQR(data, width, height)?.data ?? null;
  }, `data:image/png;base64,${picture.toString('base64')}`);
}

/** What is wrong with the page to which a code leads. */
async function opened(page, address, tone) {
  const answer = await page.goto(address);
  const found = await page.locator('.notice').first().getAttribute('class');
  const complaints = [];
  if (answer.status() !== 200) complaints.push(`${address}: ${answer.status()}`);
  if (!found.split(' ').includes(tone)) complaints.push(`${address}: ${found} and not ${tone}`);
  if (await page.locator('.statements .badge.bad').count() > 0) complaints.push(`${address}: something is wrong with it`);
  return complaints;
}
