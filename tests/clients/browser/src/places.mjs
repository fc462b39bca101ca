// The places of the portal: every page, in each of its states that the nodes at hand show. Refuses to know what a judge does there.

import { idsWith } from './register.mjs';

/** Longer than any question that a node reads. */
const TOO_LONG = 9000;

const { PORTAL, EMPTY } = process.env;

/** All of them, once records of these names are there: a name, the address in a language, and the status with which it answers. */
export async function find(nodes, names) {
  const ids = await idsWith(PORTAL, names);
  // What was withdrawn is in no list; its id is that of its neighbours.
  const neighbour = ids.get('right-phyto-tashkent');
  ids.set('right-phyto-fergana', neighbour.replace('right-phyto-tashkent', 'right-phyto-fergana'));
  const at = (path) => (lang) => `${PORTAL}${lang}/${path}`;
  const record = (name, more = '') => at(`records/${encodeURIComponent(ids.get(name))}${more}`);
  const body = (node) => at(`bodies/${encodeURIComponent(node.id)}`);
  const question = (pairs) => at(`register?${new URLSearchParams(pairs)}`);
  const place = (name, address, status = 200) => ({ name, address, status });
  return [
    place('home', at('')),
    place('home of an empty node', (lang) => `${EMPTY}${lang}/`),
    place('register', at('register')),
    place('register, asked', question([['q', 'вода'], ['kind', 'dataset'], ['clause', '2']])),
    place('register, narrowed down', question([['kind', 'dataset'], ['state', 'KZ']])),
    place('register, nothing found', question({ q: 'нетакогослова' })),
    place('register, no question', question({ q: '...' })),
    place('record with versions', record('water-losses-samarkand')),
    place('record, old version', record('water-losses-samarkand', '?version=1')),
    place('record, translated', record('data-transfer-rules')),
    place('record, withdrawn', record('right-phyto-fergana')),
    place('record, expired', record('judged-expired')),
    place('record, sealed', record('judged-sealed')),
    place('record, hostile', record('judged-hostile')),
    place('record of a liar', record('the-one')),
    place('body', body(nodes.uz)),
    place('body of a liar', body(nodes.guest)),
    place('mesh', at('mesh')),
    place('mesh of an empty node', (lang) => `${EMPTY}${lang}/mesh`),
    place('verify', at('verify')),
    place('verify, a withdrawn record', at(`verify?text=${encodeURIComponent(ids.get('right-phyto-fergana'))}`)),
    place('gallery', at('gallery')),
    place('not found', at('nowhere'), 404),
    place('not understood', at(`register?q=${'a'.repeat(TOO_LONG)}`), 400),
  ];
}
