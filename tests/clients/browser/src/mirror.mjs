// Right to left is left to right in a mirror: each marked box has the same distance to the edge at which a line starts, the same spaces,
// borders and insets, and its text begins at that edge. And nothing is cut or has to be scrolled sideways, on a narrow telephone and at 400 %.
//
// axe is blind to all of this. What is marked stands in `MARKED`; its boxes have a place that does not follow from the length of a text.

import { check } from './book.mjs';
import { ENLARGED, NARROW, WIDE, reader, unfold, withBrowser } from './browser.mjs';

const MARKED = [
  '.top-row', '.brand', 'main > .wrap', '.narrow', '.hero .wrap', '.band .wrap', '.foot .wrap',
  'h1', 'main h2:not(.sr)', '.lede', '.eyebrow', '.section-about', '.empty', '.notice', '.panel',
  '.search-row', '.search-field', '.area', '.file', '.statements li', '.statements .badge', '.qr', '.columns > *', '.side', '.facet > summary', '.choice input', '.cards > li', '.card', '.card h3', '.card-kind',
  '.timeline', '.step', '.changes', '.changes dd', '.translation', '.copy', '.copy pre',
  '.clauses > li', '.newest li', '.steps > li', '.ring', '.ring-and-table > *', '.logs > *', '.side-by-side > *', '.bar',
  '.table-wrap', 'tr > :first-child',
];
/** Likewise, but in the order of their labels, which is another in each language. */
const IN_ANY_ORDER = ['.facts', '.fact', '.fact > dt', '.fact > dd', '.nested', '.values.long > li'];
/** Whose text begins at their edge: its beginning is in the reader's language. */
const BEGIN_THERE = ['.eyebrow', '.lede', '.section-about', 'main h2:not(.sr)', '.fact > dt', '.facet > summary'];
/** A box may be off by the rounding of a layout, in CSS pixels. */
const ROUNDING = 1;
const WIDTHS = [WIDE, NARROW, ENLARGED];

export async function judge(places) {
  await withBrowser(async (browser) => {
    const pages = { ru: await (await reader(browser, { lang: 'ru' })).newPage(), fa: await (await reader(browser, { lang: 'fa' })).newPage() };
    for (const place of places) {
      for (const [lang, page] of Object.entries(pages)) {
        await page.goto(place.address(lang));
        await unfold(page);
      }
      for (const width of WIDTHS) await atWidth(place, pages, width);
    }
  });
}

async function atWidth(place, pages, width) {
  const seen = {};
  for (const [lang, page] of Object.entries(pages)) {
    await page.setViewportSize({ width, height: 900 });
    seen[lang] = await page.evaluate(measure, { marked: [...MARKED, ...IN_ANY_ORDER], beginThere: BEGIN_THERE });
    if (width !== WIDE) check(`${place.name}, ${lang}, ${width}: nothing is cut`, await page.evaluate(cut, ROUNDING));
  }
  check(`${place.name}, ${width}: the mirror`, differences(seen.ru, seen.fa));
}

/** In the page: what of each marked box has to be the same in both directions, by its selector. */
function measure({ marked, beginThere }) {
  const root = document.documentElement;
  const [start, end] = root.dir === 'rtl' ? ['Right', 'Left'] : ['Left', 'Right'];
  const startOf = (rect) => (start === 'Left' ? rect.left : root.clientWidth - rect.right);
  const spaces = (box, pseudo) => {
    const style = getComputedStyle(box, pseudo);
    const sides = (side) => [style[`padding${side}`], style[`margin${side}`], style[`border${side}Width`], style[side.toLowerCase()]];
    return [...sides(start), ...sides(end)].map((size) => (size === 'auto' ? size : Math.round(parseFloat(size)))).join(' ');
  };
  const begins = (box) => {
    const range = document.createRange();
    range.selectNodeContents(box);
    return Math.min(...[...range.getClientRects()].filter((rect) => rect.width > 0).map(startOf));
  };
  const seen = {};
  for (const selector of marked) {
    const boxes = [...document.querySelectorAll(selector)].filter((box) => box.getClientRects().length > 0);
    seen[selector] = boxes.map((box) => ({
      distance: startOf(box.getBoundingClientRect()),
      spaces: `${spaces(box, null)} / ${spaces(box, '::before')}`,
      text: beginThere.includes(selector) ? begins(box) - startOf(box.getBoundingClientRect()) : 0,
      // What is filled in, and texts for machines, have a direction of their own.
      isAlong: Boolean(box.value) || box.matches('[dir=ltr]') || getComputedStyle(box).direction === root.dir,
    }));
  }
  return seen;
}

function differences(one, other) {
  const found = [];
  for (const selector of [...MARKED, ...IN_ANY_ORDER]) {
    const ordered = (boxes) => (IN_ANY_ORDER.includes(selector) ? boxes.toSorted(byPlace) : boxes);
    const [boxes, mirrored] = [ordered(one[selector]), ordered(other[selector])];
    if (boxes.length !== mirrored.length) found.push(`${selector}: ${boxes.length} boxes and ${mirrored.length}`);
    for (const [number, box] of boxes.entries()) {
      const its = mirrored[number];
      const differs = (what) => Math.abs(box[what] - its?.[what]) > ROUNDING;
      if (!its) break;
      for (const what of ['distance', 'text']) {
        if (differs(what)) found.push(`${selector} ${number + 1}: ${what} ${box[what].toFixed(1)} and ${its[what].toFixed(1)}`);
      }
      if (!box.isAlong || !its.isAlong) found.push(`${selector} ${number + 1}: not in the direction of the page`);
      if (box.spaces !== its.spaces) found.push(`${selector} ${number + 1}: spaces ${box.spaces} and ${its.spaces}`);
    }
  }
  return found;
}

const byPlace = (box, other) => box.distance - other.distance || box.spaces.localeCompare(other.spaces);

/** In the page: what reaches over the edge, and what is cut where its box ends. */
function cut(rounding) {
  const root = document.documentElement;
  const found = [];
  const tell = (box) => `${box.tagName.toLowerCase()}.${box.className?.baseVal ?? box.className} “${box.textContent.trim().slice(0, 40)}”`;
  if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide in ${root.clientWidth}`);
  const isHidden = (box) => getComputedStyle(box).clipPath !== 'none' || box.closest('.sr, .skip, thead') !== null;
  for (const box of document.body.querySelectorAll('*')) {
    const rect = box.getBoundingClientRect();
    if (rect.width === 0 || isHidden(box)) continue;
    if (rect.left < -rounding || rect.right > root.clientWidth + rounding) found.push(`${tell(box)} from ${rect.left} to ${rect.right}`);
    if (box.placeholder && !box.value) {
      const pen = document.createElement('canvas').getContext('2d');
      const style = getComputedStyle(box);
      pen.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
      const room = box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      const wide = pen.measureText(box.placeholder).width;
      if (wide > room + rounding) found.push(`“${box.placeholder}” is cut: ${Math.round(wide)} in ${Math.round(room)}`);
    }
    const isOpen = getComputedStyle(box).overflowX === 'visible';
    if (!isOpen && box.scrollWidth > box.clientWidth + rounding) found.push(`${tell(box)} is cut: ${box.scrollWidth} in ${box.clientWidth}`);
  }
  return found;
}
