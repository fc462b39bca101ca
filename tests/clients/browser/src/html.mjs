// The HTML of every place in every language of the portal, as the node sends it, read by the Nu Html Checker: not one error.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { check } from './book.mjs';

const JAR = createRequire(import.meta.url).resolve('vnu-jar/build/dist/vnu.jar');
const LANGUAGES = process.env.LANGUAGES.split(',');
/** Bytes of what the checker may say. */
const WORDS = 64 * 1024 * 1024;
const LIMIT_MS = 90_000;

export async function judge(places) {
  const folder = mkdtempSync(join(tmpdir(), 'chapar-html-'));
  try {
    const files = new Map();
    for (const [number, place] of places.entries()) {
      for (const lang of LANGUAGES) {
        const file = join(folder, `${number}-${lang}.html`);
        const answer = await fetch(place.address(lang), { headers: { accept: 'text/html' } });
        writeFileSync(file, await answer.text());
        check(`${place.name}, ${lang}, answers`, answer.status === place.status ? [] : [`with ${answer.status}`]);
        files.set(file, { name: `${place.name}, ${lang}`, complaints: [] });
      }
    }
    for (const message of await read(folder)) {
      const told = `line ${message.lastLine}, column ${message.lastColumn}: ${message.message} in ${message.extract}`;
      files.get(message.url.replace(/^file:/, '')).complaints.push(told);
    }
    for (const { name, complaints } of files.values()) check(name, complaints);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What the checker says of the files of a folder; it ends badly where it says something. */
async function read(folder) {
  const words = ['-jar', JAR, '--format', 'json', '--stdout', folder];
  const said = await promisify(execFile)('java', words, { maxBuffer: WORDS, timeout: LIMIT_MS }).catch((ended) => ended);
  return JSON.parse(said.stdout).messages;
}
