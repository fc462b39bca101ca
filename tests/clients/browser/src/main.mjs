// The portal in a real browser. The argument names the judge; the environment has the address of a portal with the sample records
// (PORTAL), that of one with none (EMPTY), and what the demonstration wrote of its nodes (ENDPOINTS). The last line is `NAME: N of M`.

import { readFileSync } from 'node:fs';
import { arrange } from './arrange.mjs';
import { close } from './book.mjs';
import { find } from './places.mjs';

const JUDGES = {
  'portal-axe': () => import('./axe.mjs'),
  'portal-code': () => import('./code.mjs'),
  'portal-html': () => import('./html.mjs'),
  'portal-mirror': () => import('./mirror.mjs'),
  'portal-tasks': () => import('./tasks.mjs'),
  'portal-lighthouse': () => import('./lighthouse.mjs'),
  screens: () => import('./screens.mjs'),
};

const name = process.argv[2];
const nodes = JSON.parse(readFileSync(process.env.ENDPOINTS, 'utf8')).register;
const { judge, isBare } = await JUDGES[name]();
await judge(await find(nodes, isBare ? [] : await arrange(nodes.uz)));
process.exit(close(name));
