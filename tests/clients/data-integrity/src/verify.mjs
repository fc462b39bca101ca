// The proofs of our records, checked by a published implementation of the cryptosuite eddsa-jcs-2022. Its canonical form, its
// hashes, its reading of keys and its check of the signature; nothing of ours but the vectors, whose folder is the argument.
//
// Refuses to know the format of a record: it is a document with a proof.

import { createVerifyCryptosuite } from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as base58 from 'base58-universal';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SUITE = createVerifyCryptosuite();
const folder = process.argv[2];

function vectors(part) {
  const names = readdirSync(join(folder, part)).filter((name) => name.startsWith('record-')).sort();
  return names.map((name) => ({ name, ...JSON.parse(readFileSync(join(folder, part, name), 'utf8')) }));
}

/** Whether the implementation says that the key made the proof of this document. */
async function verifies(document, publicKeyJwk) {
  const { proof, ...unsecured } = document;
  const multikey = new Uint8Array([0xed, 0x01, ...Buffer.from(publicKeyJwk.x, 'base64url')]);
  const verificationMethod = {
    id: proof.verificationMethod,
    type: 'Multikey',
    controller: document.issuer,
    publicKeyMultibase: `z${base58.encode(multikey)}`,
  };
  const data = await SUITE.createVerifyData({ cryptosuite: SUITE, document: unsecured, proof: { ...proof } });
  const verifier = await SUITE.createVerifier({ verificationMethod });
  return verifier.verify({ data, signature: base58.decode(proof.proofValue.slice(1)) });
}

/** The document with one member changed: each member of it and of its proof in turn. */
function* changed(document) {
  for (const name of Object.keys(document).filter((name) => name !== 'proof')) {
    yield [name, { ...document, [name]: [document[name], 'changed'] }];
  }
  for (const name of Object.keys(document.proof).filter((name) => name !== 'proofValue')) {
    yield [`proof.${name}`, { ...document, proof: { ...document.proof, [name]: 'changed' } }];
  }
}

let [passed, all] = [0, 0];
function check(what, held) {
  all += 1;
  passed += held ? 1 : 0;
  if (!held) {
    console.log(`failed: ${what}`);
  }
}

for (const { name, leaf, publicKeyJwk } of vectors('valid')) {
  const document = JSON.parse(leaf);
  if (document.proof.cryptosuite !== SUITE.name) {
    continue;
  }
  check(`${name} is accepted`, await verifies(document, publicKeyJwk));
  for (const [member, other] of changed(document)) {
    check(`${name} with another \`${member}\` is refused`, !(await verifies(other, publicKeyJwk)));
  }
}
for (const { name, leaf, publicKeyJwk, error } of vectors('invalid')) {
  if (error === 'signature') {
    check(`${name} is refused`, !(await verifies(JSON.parse(leaf), publicKeyJwk)));
  }
}
console.log(`checks: ${passed} of ${all}`);
process.exit(passed === all && all > 0 ? 0 : 1);
