// What the consumer does with the provider: catalogue, negotiation, agreement, transfer, access.

import { ContractAgreement, EdcConnectorClientErrorType as Type, JsonLdObject, PolicyBuilder } from "#client";
import { bad, check, good, part, until } from "./book";
import { each, inside, is, nothing } from "./members";
import { ASSET } from "./offering";
import { consumer, counterParty, given, provider } from "./sides";

const { catalog, contractAgreements, contractNegotiations, edrs, transferProcesses } = consumer.client.management;

/** What came of the story so far. */
interface Reached {
  offer: string;
  agreement: ContractAgreement;
  transfer: string;
}

const reached: Partial<Reached> = {};

function after<K extends keyof Reached>(name: K): Reached[K] {
  const value = reached[name];
  if (value === undefined) {
    throw new Error(`no ${name} was reached`);
  }
  return value;
}

/** Catalogues, of the peer and of those whom the node knows. */
export const readCatalogues = () =>
  part("catalogues", async () => {
    const shows = is.catalog(({ datasets }) => datasets.length === 1 && datasets[0]?.id === ASSET);
    const found = await good("request", () => catalog.request({ ...counterParty }), shows);
    const nowhere = { ...counterParty, counterPartyAddress: `${new URL(provider.protocol).origin}/nothing` };
    await bad("request where nothing is", () => catalog.request(nowhere), Type.BadGateway, "BadGateway");
    await good("request under its old name", () => catalog.queryAll({ ...counterParty }), shows);
    const unnamed = { ...counterParty, counterPartyAddress: "" };
    await bad("request without an address", () => catalog.queryAll(unnamed), Type.BadRequest, "ValidationFailure");
    const dataset = { "@id": ASSET, ...counterParty };
    await good("dataset", () => catalog.requestDataset(dataset), is.dataset((one) => one.id === ASSET));
    const none = { ...dataset, "@id": "none" };
    await bad("dataset that is not there", () => catalog.requestDataset(none), Type.BadGateway, "BadGateway");
    reached.offer = found.datasets[0]?.offers[0]?.id;
  });

/** The catalogue of catalogues at the side that offers. */
export const readFederated = () =>
  part("the federated catalogue", async () => {
    const { federatedCatalog } = provider.client;
    const own = each(is.catalog, ([one]) => one?.datasets.some(({ id }) => id === ASSET) === true);
    await good("query", () => federatedCatalog.queryAll(), own);
    await bad("query with limit 0", () => federatedCatalog.queryAll({ limit: 0 }), Type.BadRequest, "ValidationFailure");
  });

function request(offer: string) {
  const raw = { "@id": offer, assigner: provider.id, target: ASSET, permission: [{ action: "use" }], prohibition: [], obligation: [] };
  return { ...counterParty, policy: new PolicyBuilder().type("Offer").raw(raw).build() };
}

async function settled(negotiation: string): Promise<string> {
  const ended = (state: string) => state === "FINALIZED" || state === "TERMINATED";
  const { state } = await until(() => contractNegotiations.getState(negotiation), ({ state }) => ended(state));
  return state;
}

/** Negotiations. */
export const negotiate = () =>
  part("negotiations", async () => {
    const wish = request(after("offer"));
    const { id } = await good("initiate", () => contractNegotiations.initiate(wish), is.idResponse());
    const unnamed = { ...wish, policy: new PolicyBuilder().type("Offer").build() };
    await bad("initiate about nothing", () => contractNegotiations.initiate(unnamed), Type.BadRequest, "ValidationFailure");
    check("the negotiation is finalized", (await settled(id)) === "FINALIZED");
    await good("state", () => contractNegotiations.getState(id), is.negotiationState(({ state }) => state === "FINALIZED"));
    await bad("state of none", () => contractNegotiations.getState("none"), Type.NotFound, "ObjectNotFound");
    const whole = is.negotiation((one) => {
      const named = inside(one, "counterPartyId") === provider.id && inside(one, "assetId") === ASSET;
      return named && inside(one, "type") === "CONSUMER" && one.contractAgreementId !== "" && inside(one, "createdAt") !== undefined;
    });
    await good("get", () => contractNegotiations.get(id), whole);
    await bad("get one that is not there", () => contractNegotiations.get("none"), Type.NotFound, "ObjectNotFound");
    const ofAsset = is.agreement(({ assetId, consumerId }) => assetId === ASSET && consumerId === consumer.id);
    reached.agreement = await good("agreement", () => contractNegotiations.getAgreement(id), ofAsset);
    await bad("agreement of none", () => contractNegotiations.getAgreement("none"), Type.NotFound, "ObjectNotFound");
    await queryNegotiations(id);
    await terminateNegotiation();
  });

async function queryNegotiations(id: string): Promise<void> {
  await good("query", () => contractNegotiations.queryAll(), each(is.negotiation, (all) => all.some((one) => one.id === id)));
  const about = { filterExpression: [{ operandLeft: "contractAgreement.assetId", operator: "=", operandRight: ASSET }] };
  await good("query", () => contractNegotiations.queryAll(about), each(is.negotiation, (all) => all.length === 1));
  const unknown = { filterExpression: [{ operandLeft: "no.such", operator: "=", operandRight: "x" }] };
  await bad("query what is no field", () => contractNegotiations.queryAll(unknown), Type.BadRequest, "InvalidRequest");
}

/** One about an offer that nobody made: it goes on until it is ended, or ends itself. */
async function terminateNegotiation(): Promise<void> {
  const nowhere = { ...request(after("offer")), counterPartyAddress: `${new URL(provider.protocol).origin}/nothing` };
  const { id } = await good("initiate in vain", () => contractNegotiations.initiate(nowhere), is.idResponse());
  await good("terminate", () => contractNegotiations.terminate(id, "no longer"), nothing);
  check("the negotiation is terminated", (await settled(id)) === "TERMINATED");
  await bad("terminate none", () => contractNegotiations.terminate("none", "x"), Type.NotFound, "ObjectNotFound");
}

/** Agreements. */
export const readAgreements = () =>
  part("agreements", async () => {
    const { id } = after("agreement");
    await good("get", () => contractAgreements.get(id), is.agreement((one) => one.id === id));
    await bad("get one that is not there", () => contractAgreements.get("none"), Type.NotFound, "ObjectNotFound");
    await good("query", () => contractAgreements.queryAll(), each(is.agreement, ([one]) => one?.id === id));
    const none = { filterExpression: [{ operandLeft: "assetId", operator: "=", operandRight: "none" }] };
    await good("query", () => contractAgreements.queryAll(none), each(is.agreement, (all) => all.length === 0));
    await bad("query with limit 0", () => contractAgreements.queryAll({ limit: 0 }), Type.BadRequest, "ValidationFailure");
    const same = is.negotiation((one) => one.contractAgreementId === id);
    await good("negotiation", () => contractAgreements.getNegotiation(id), same);
    await bad("negotiation of none", () => contractAgreements.getNegotiation("none"), Type.NotFound, "ObjectNotFound");
  });

async function reaches(transfer: string, state: string): Promise<boolean> {
  return (await until(() => transferProcesses.getState(transfer), (one) => one.state === state)).state === state;
}

/** A transfer that is pulled: it starts and stays. */
export const transfer = () =>
  part("transfers", async () => {
    const wish = { ...counterParty, contractId: after("agreement").id, transferType: "HttpData-PULL" };
    const { id } = await good("initiate", () => transferProcesses.initiate(wish), is.idResponse());
    const foreign = { ...wish, contractId: "none" };
    await bad("initiate under no agreement", () => transferProcesses.initiate(foreign), Type.BadRequest, "InvalidRequest");
    check("the transfer starts", await reaches(id, "STARTED"));
    await good("state", () => transferProcesses.getState(id), is.transferState(({ state }) => state === "STARTED"));
    await bad("state of none", () => transferProcesses.getState("none"), Type.NotFound, "ObjectNotFound");
    const whole = is.transfer((one) => one.assetId === ASSET && one.contractId === after("agreement").id && one.type === "CONSUMER");
    await good("get", () => transferProcesses.get(id), whole);
    await bad("get one that is not there", () => transferProcesses.get("none"), Type.NotFound, "ObjectNotFound");
    await good("query", () => transferProcesses.queryAll(), each(is.transfer, ([one]) => one?.id === id));
    const started = { filterExpression: [{ operandLeft: "state", operator: "=", operandRight: 600 }] };
    await good("query by a state", () => transferProcesses.queryAll(started), each(is.transfer, (all) => all.length === 1));
    const unknown = { filterExpression: [{ operandLeft: "no.such", operator: "=", operandRight: "x" }] };
    await bad("query what is no field", () => transferProcesses.queryAll(unknown), Type.BadRequest, "InvalidRequest");
    reached.transfer = id;
  });

/** The access that a started transfer brought, and the data behind it. */
export const access = () =>
  part("access", async () => {
    const id = after("transfer");
    const ofTransfer = each(is.edr, ([one]) => one?.transferProcessId === id && one.assetId === ASSET);
    await good("request", () => edrs.request(), ofTransfer);
    const none = { filterExpression: [{ operandLeft: "assetId", operator: "=", operandRight: "none" }] };
    await good("request of another asset", () => edrs.request(none), each(is.edr, (all) => all.length === 0));
    await bad("request with limit 0", () => edrs.request({ limit: 0 }), Type.BadRequest, "ValidationFailure");
    const address = await good("data address", () => edrs.dataAddress(id), isAccess);
    await bad("data address of none", () => edrs.dataAddress("none"), Type.NotFound, "ObjectNotFound");
    await fetchData(address);
    await good("delete", () => edrs.delete(id), nothing);
    await bad("delete again", () => edrs.delete(id), Type.NotFound, "ObjectNotFound");
    await bad("data address that is deleted", () => edrs.dataAddress(id), Type.NotFound, "ObjectNotFound");
  });

function isAccess(address: JsonLdObject): string[] {
  const names = ["type", "endpoint", "endpointType", "authType", "authorization"];
  return names.filter((name) => typeof inside(address, name) !== "string").map((name) => `no \`${name}\``);
}

async function fetchData(address: JsonLdObject): Promise<void> {
  const [endpoint, authorization] = ["endpoint", "authorization"].map((name) => String(inside(address, name)));
  const answer = await fetch(endpoint ?? "", { headers: { authorization: authorization ?? "" } });
  const data = await answer.text();
  check("the data is the source's", answer.status === 200 && data === given("CONTENT"), `${answer.status} ${data}`);
  await publicData(endpoint ?? "", authorization ?? "");
}

/** Version 0.9.0 alone has a controller for the data itself. */
async function publicData(endpoint: string, authorization: string): Promise<void> {
  const old = consumer.client as unknown as { public?: { getTransferredData(headers: object, context: object): Promise<Response> } };
  const at = consumer.bare.createContext("", { public: endpoint } as object);
  const { public: controller } = old;
  if (controller !== undefined) {
    const isData = (answer: Response) => (answer.status === 200 ? [] : [`status ${answer.status}`]);
    await good("data", () => controller.getTransferredData({ authorization }, at), isData);
    await bad("data with no token", () => controller.getTransferredData({ authorization: "none" }, at), Type.Unknown);
  }
}

/** The end of the transfer. */
export const end = () =>
  part("the end of a transfer", async () => {
    const id = after("transfer");
    await bad("deprovision what is started", () => transferProcesses.deprovision(id), Type.Duplicate, "ObjectConflict");
    await good("terminate", () => transferProcesses.terminate(id, "enough"), nothing);
    check("the transfer is terminated", await reaches(id, "TERMINATED"));
    await bad("terminate again", () => transferProcesses.terminate(id, "enough"), Type.Duplicate, "ObjectConflict");
    await bad("terminate none", () => transferProcesses.terminate("none", "enough"), Type.NotFound, "ObjectNotFound");
    const told = is.transfer((one) => one.errorDetail === "enough");
    await good("get what is terminated", () => transferProcesses.get(id), told);
    await good("deprovision", () => transferProcesses.deprovision(id), nothing);
    await bad("deprovision none", () => transferProcesses.deprovision("none"), Type.NotFound, "ObjectNotFound");
  });
