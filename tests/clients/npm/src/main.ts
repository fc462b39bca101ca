// The judge edc-client-npm: every method of every controller of the published client, once with success and once with an error,
// against two running sides. Its closing line says how many checks held.

import { refused } from "./loopback";
import { EdcConnectorClient } from "#client";
import { check, close, covered } from "./book";
import { access, end, negotiate, readAgreements, readCatalogues, readFederated, transfer } from "./exchange";
import { askTheNode, keepSecrets, keepWhatIsAgreed, offerAssets, offerDefinitions, offerPolicies } from "./offering";
import { provider } from "./sides";

/** What is not called, and why. */
const EXCUSED = {
  "identity.": "of the IdentityHub, another product with a listener of its own; a connector does not serve it",
  "presentation.": "of the IdentityHub, another product with a listener of its own; a connector does not serve it",
  createContext: "makes a value and asks nobody; the judge uses it",
};

async function main(): Promise<boolean> {
  const story = [offerAssets, offerPolicies, offerDefinitions, keepSecrets, askTheNode, readCatalogues, readFederated];
  story.push(negotiate, readAgreements, transfer, access, end, keepWhatIsAgreed);
  for (const told of story) {
    await told();
  }
  covered(provider.bare, EXCUSED);
  check("nobody but this machine was spoken to", refused.length === 0, refused.join(", "));
  return close(`client ${EdcConnectorClient.version()}`);
}

main().then(
  (well) => process.exit(well ? 0 : 1),
  (why: unknown) => {
    console.log(why);
    process.exit(1);
  },
);
