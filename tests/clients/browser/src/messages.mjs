// What the portal calls things, as its locale files have it: the words by which a reader finds a button.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const locales = new Map();

/** The message of a key, with its numbers filled in. Only messages of one line are known: what is pressed has no plural. */
export function message(lang, key, number) {
  if (!locales.has(lang)) locales.set(lang, readFileSync(join(process.env.LOCALES, lang, 'portal.ftl'), 'utf8'));
  const found = new RegExp(`^${key} = (.+)$`, 'm').exec(locales.get(lang));
  if (!found) throw new Error(`no message \`${key}\` in ${lang}`);
  // What is filled in stands between marks that isolate it, and numbers have the digits of the language.
  const shown = number === undefined ? '' : `\u2068${new Intl.NumberFormat(lang).format(number)}\u2069`;
  return found[1].replace('{ $number }', shown);
}
