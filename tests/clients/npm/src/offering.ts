// What the provider does by itself: assets, policies, contract definitions, secrets, data planes, health.

import { EdcConnectorClientErrorType as Type, PolicyBuilder, QuerySpec, SecretBuilder } from "#client";
import { bad, good, part } from "./book";
import { each, is, nothing } from "./members";
import { given, provider } from "./sides";

const EDC = "https://w3id.org/edc/v0.0.1/ns/";
/** The asset that the story is about. */
export const ASSET = "asset-1";

const { client } = provider;
const { assets, contractDefinitions, dataplanes, policyDefinitions, secrets } = client.management;

const byId = (id: string): QuerySpec => ({
  filterExpression: [{ operandLeft: `${EDC}id`, operator: "=", operandRight: id }],
});

function asset(id: string, name: string) {
  return {
    "@id": id,
    properties: { name, contenttype: "text/plain", "https://example.org/ns/rank": 7 },
    privateProperties: { shelf: "left" },
    dataAddress: { type: "HttpData", baseUrl: given("SOURCE"), proxyPath: "true", proxyQueryParams: "true" },
  };
}

/** Assets. */
export const offerAssets = () =>
  part("assets", async () => {
    const first = asset(ASSET, "first");
    await good("create", () => assets.create(first), is.idResponse((made) => made.id === ASSET));
    await bad("create one of the same id", () => assets.create(first), Type.Duplicate, "ObjectConflict");
    const nowhere = { ...asset("nowhere", "x"), dataAddress: { type: "" } };
    await bad("create one of nowhere", () => assets.create(nowhere), Type.BadRequest, "ValidationFailure");
    await good(
      "get",
      () => assets.get(ASSET),
      is.asset((one) => {
        const { properties, privateProperties, dataAddress } = one;
        const shown = properties.mandatoryValue("edc", "name") === "first" && properties.mandatoryValue("edc", "id") === ASSET;
        const far = Reflect.get(properties, "https://example.org/ns/rank") as { "@value": number }[];
        const address = dataAddress.mandatoryValue("edc", "baseUrl") === given("SOURCE");
        return shown && far[0]?.["@value"] === 7 && privateProperties.mandatoryValue("edc", "shelf") === "left" && address;
      }),
    );
    await bad("get one that is not there", () => assets.get("none"), Type.NotFound, "ObjectNotFound");
    await good("update", () => assets.update(asset(ASSET, "renamed")), nothing);
    await bad("update one that is not there", () => assets.update(asset("none", "x")), Type.NotFound, "ObjectNotFound");
    for (const id of ["asset-2", "asset-3"]) {
      await good("create one more", () => assets.create(asset(id, id)), is.idResponse((made) => made.id === id));
    }
    await good("query without words", () => assets.queryAll(), each(is.asset, (all) => all.length === 3));
    const renamed = { filterExpression: [{ operandLeft: `${EDC}name`, operator: "like", operandRight: "rena%" }] };
    await good("query by a name", () => assets.queryAll(renamed), each(is.asset, ([one]) => one?.id === ASSET));
    const page: QuerySpec = { sortField: "id", sortOrder: "DESC", offset: 1, limit: 1 };
    await good("query a page", () => assets.queryAll(page), each(is.asset, ([one, more]) => one?.id === "asset-2" && !more));
    await bad("query with limit 0", () => assets.queryAll({ limit: 0 }), Type.BadRequest, "ValidationFailure");
    await good("delete", () => assets.delete("asset-3"), nothing);
    await bad("delete one that is not there", () => assets.delete("asset-3"), Type.NotFound, "ObjectNotFound");
  });

function policy(id: string) {
  const raw = { permission: [{ action: "use" }], prohibition: [], obligation: [] };
  return { "@id": id, policy: new PolicyBuilder().type("Set").raw(raw).build() };
}

/** Policies. */
export const offerPolicies = () =>
  part("policies", async () => {
    const open = policy("open");
    await good("create", () => policyDefinitions.create(open), is.idResponse((made) => made.id === "open"));
    await good("create one to lose", () => policyDefinitions.create(policy("lost")), is.idResponse());
    await bad("create one of the same id", () => policyDefinitions.create(open), Type.Duplicate, "ObjectConflict");
    const offer = { "@id": "no-set", policy: new PolicyBuilder().type("Offer").build() };
    await bad("create one of another type", () => policyDefinitions.create(offer), Type.BadRequest, "ValidationFailure");
    const hasRule = is.policyDefinition(({ policy }) => policy.permissions.length === 1 && policy.prohibitions.length === 0);
    await good("get", () => policyDefinitions.get("open"), hasRule);
    await bad("get one that is not there", () => policyDefinitions.get("none"), Type.NotFound, "ObjectNotFound");
    await good("update", () => policyDefinitions.update("open", open), nothing);
    await bad("update none", () => policyDefinitions.update("none", policy("none")), Type.NotFound, "ObjectNotFound");
    await good("query", () => policyDefinitions.queryAll(), each(is.policyDefinition, (all) => all.length === 2));
    const one = { filterExpression: [{ operandLeft: "id", operator: "=", operandRight: "open" }] };
    await good("query by id", () => policyDefinitions.queryAll(one), each(is.policyDefinition, (all) => all.length === 1));
    await bad("query with offset -1", () => policyDefinitions.queryAll({ offset: -1 }), Type.BadRequest, "ValidationFailure");
    await good("delete", () => policyDefinitions.delete("lost"), nothing);
    await bad("delete one that is not there", () => policyDefinitions.delete("lost"), Type.NotFound, "ObjectNotFound");
  });

function definition(id: string) {
  return {
    "@id": id,
    accessPolicyId: "open",
    contractPolicyId: "open",
    assetsSelector: [{ operandLeft: `${EDC}id`, operator: "=", operandRight: ASSET }],
  };
}

/** Contract definitions. */
export const offerDefinitions = () =>
  part("contract definitions", async () => {
    const first = definition("definition-1");
    await good("create", () => contractDefinitions.create(first), is.idResponse((made) => made.id === "definition-1"));
    await good("create one to lose", () => contractDefinitions.create(definition("lost")), is.idResponse());
    await bad("create one of the same id", () => contractDefinitions.create(first), Type.Duplicate, "ObjectConflict");
    const bare = { ...definition("bare"), accessPolicyId: "" };
    await bad("create one without a policy", () => contractDefinitions.create(bare), Type.BadRequest, "ValidationFailure");
    const selects = is.contractDefinition(({ assetsSelector }) => assetsSelector[0]?.operandRight === ASSET);
    await good("get", () => contractDefinitions.get("definition-1"), selects);
    await bad("get one that is not there", () => contractDefinitions.get("none"), Type.NotFound, "ObjectNotFound");
    await good("update", () => contractDefinitions.update(first), nothing);
    await bad("update none", () => contractDefinitions.update(definition("none")), Type.NotFound, "ObjectNotFound");
    await good("query", () => contractDefinitions.queryAll(), each(is.contractDefinition, (all) => all.length === 2));
    const one = { filterExpression: [{ operandLeft: "accessPolicyId", operator: "=", operandRight: "none" }] };
    await good("query", () => contractDefinitions.queryAll(one), each(is.contractDefinition, (all) => all.length === 0));
    const wrong = { filterExpression: [{ operandLeft: "id", operator: "near", operandRight: "x" }] };
    await bad("query with no operator", () => contractDefinitions.queryAll(wrong), Type.BadRequest, "ValidationFailure");
    await good("delete", () => contractDefinitions.delete("lost"), nothing);
    await bad("delete one that is not there", () => contractDefinitions.delete("lost"), Type.NotFound, "ObjectNotFound");
    await bad("delete a policy in use", () => policyDefinitions.delete("open"), Type.Duplicate, "ObjectConflict");
  });

/** Secrets. The client hands out the answer to `create` as it came, although its type says an `IdResponse`. */
export const keepSecrets = () =>
  part("secrets", async () => {
    const secret = (id: string, value: string) => new SecretBuilder().id(id).value(value).build();
    const asItCame = (answer: object) => {
      const [id, createdAt] = ["@id", "createdAt"].map((name) => Reflect.get(answer, name) as unknown);
      return id === "secret-1" && typeof createdAt === "number" ? [] : [JSON.stringify(answer)];
    };
    await good("create", () => secrets.create(secret("secret-1", "first")), asItCame);
    await bad("create again", () => secrets.create(secret("secret-1", "x")), Type.Duplicate, "ObjectConflict");
    await good("get", () => secrets.get("secret-1"), is.secret((one) => one.value === "first"));
    await bad("get one that is not there", () => secrets.get("none"), Type.NotFound, "ObjectNotFound");
    await good("update", () => secrets.update(secret("secret-1", "second")), nothing);
    await good("get the updated one", () => secrets.get("secret-1"), is.secret((one) => one.value === "second"));
    await bad("update none", () => secrets.update(secret("none", "x")), Type.NotFound, "ObjectNotFound");
    await good("delete", () => secrets.delete("secret-1"), nothing);
    await bad("delete one that is not there", () => secrets.delete("secret-1"), Type.NotFound, "ObjectNotFound");
  });

/** What the node says of itself. The wrong key and the wrong place are the only errors that there are. */
export const askTheNode = () =>
  part("the node", async () => {
    const pulls = each(is.dataplane, ([one]) => one?.allowedTransferTypes.includes("HttpData-PULL") === true);
    await good("list", () => dataplanes.list(), pulls);
    const stranger = provider.bare.createContext("wrong", { management: provider.management });
    await bad("list with a wrong key", () => dataplanes.list(stranger), Type.Unknown, "AuthenticationFailed");
    const { observability } = client;
    const elsewhere = provider.bare.createContext("", { default: `${given("PROVIDER_DEFAULT")}/nothing` });
    await good("health", () => observability.checkHealth(), is.health());
    await bad("health elsewhere", () => observability.checkHealth(elsewhere), Type.NotFound);
    await good("liveness", () => observability.checkLiveness(), is.health());
    await bad("liveness elsewhere", () => observability.checkLiveness(elsewhere), Type.NotFound);
    await good("readiness", () => observability.checkReadiness(), is.health());
    await bad("readiness elsewhere", () => observability.checkReadiness(elsewhere), Type.NotFound);
    await good("startup", () => observability.checkStartup(), is.health());
    await bad("startup elsewhere", () => observability.checkStartup(elsewhere), Type.NotFound);
  });

/** What the agreement of the story keeps from being removed. */
export const keepWhatIsAgreed = () =>
  part("what is agreed", async () => {
    await bad("delete what is agreed", () => assets.delete(ASSET), Type.Duplicate, "ObjectConflict");
    await good("it is there", () => assets.queryAll(byId(ASSET)), each(is.asset, (all) => all.length === 1));
  });
