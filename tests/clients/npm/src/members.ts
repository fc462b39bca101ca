// What each type of the client promises: one line a member, checked in every answer. The compiler refuses a table that lacks a
// member of its type, so that nothing of a type goes unread.

import {
  Asset,
  Catalog,
  ContractAgreement,
  ContractDefinition,
  ContractNegotiation,
  ContractNegotiationState,
  Criterion,
  Dataplane,
  Dataset,
  EdcConnectorClient,
  Edr,
  HealthStatus,
  IdResponse,
  JsonLdObject,
  Offer,
  Policy,
  PolicyDefinition,
  Secret,
  TransferProcess,
  TransferProcessState,
  TransferProcessStates,
} from "#client";

type Matcher = (value: unknown) => boolean;

/** One matcher for each member that the type names itself, its functions aside. */
type Members<T> = {
  [K in keyof T as string extends K ? never : number extends K ? never : T[K] extends Function ? never : K]-?: Matcher;
};

const text: Matcher = (value) => typeof value === "string" && value !== "";
const number: Matcher = (value) => typeof value === "number" && value > 0;
const node: Matcher = (value) => value instanceof JsonLdObject;
const absent: Matcher = (value) => value === undefined;
const optional = (one: Matcher): Matcher => (value) => value === undefined || one(value);
const list = (one: Matcher): Matcher => (value) => Array.isArray(value) && value.every(one);
const among = (words: readonly string[]): Matcher => (value) => words.includes(value as string);
/** A member of the type that EDC itself never answers under this name. */
const unheard = optional(text);

const id = { "@id": text, id: text };

const NEGOTIATION_STATES = [
  ...["INITIAL", "REQUESTING", "REQUESTED", "OFFERING", "OFFERED", "ACCEPTING", "ACCEPTED", "AGREEING", "AGREED"],
  ...["VERIFYING", "VERIFIED", "FINALIZING", "FINALIZED", "TERMINATING", "TERMINATED"],
];
// The client's own list stands at an older EDC.
const TRANSFER_STATES = [
  ...Object.values(TransferProcessStates),
  ...["PREPARATION_REQUESTED", "STARTUP_REQUESTED", "SUSPENDING_REQUESTED", "RESUMING", "RESUMED"],
  ...["RESUMING_REQUESTED", "TERMINATING", "TERMINATING_REQUESTED", "TERMINATED"],
];

const idResponse: Members<IdResponse> = { ...id, createdAt: number };
const asset: Members<Asset> = { ...id, properties: node, privateProperties: node, dataAddress: node };
const policy: Members<Policy> = { permissions: list(node), prohibitions: list(node), obligations: list(node) };
const isPolicy: Matcher = (value) => value instanceof Policy && faults(policy, value).length === 0;
const policyDefinition: Members<PolicyDefinition> = { ...id, createdAt: number, policy: isPolicy };
const criterion: Members<Criterion> = { operandLeft: text, operator: text, operandRight: text };
const isCriterion: Matcher = (value) => value instanceof Criterion && faults(criterion, value).length === 0;
const contractDefinition: Members<ContractDefinition> = {
  ...id,
  accessPolicyId: text,
  contractPolicyId: text,
  assetsSelector: list(isCriterion),
};
const secret: Members<Secret> = { ...id, value: text };
const dataplane: Members<Dataplane> = {
  ...id,
  url: text,
  allowedSourceTypes: list(text),
  allowedDestTypes: list(text),
  allowedTransferTypes: list(text),
  properties: node,
};
const offer: Members<Offer> = id;
const isOffer: Matcher = (value) => value instanceof Offer && faults(offer, value).length === 0;
const dataset: Members<Dataset> = { ...id, offers: list(isOffer) };
const isDataset: Matcher = (value) => value instanceof Dataset && faults(dataset, value).length === 0;
// Version 0.9.0 looks for the participant under the protocol's namespace of 2024 and finds none in a catalogue of 2025.
const participantId = EdcConnectorClient.version() === "0.9.0" ? absent : text;
const catalog: Members<Catalog> = { ...id, participantId, datasets: list(isDataset) };
// The type names five members that its class never fills; `inside` reads them where they are.
const negotiation: Members<ContractNegotiation> = {
  ...id,
  contractAgreementId: optional(text),
  state: among(NEGOTIATION_STATES),
  updatedAt: optional(number),
  createdAt: optional(number),
  counterPartyAddress: unheard,
  errorDetail: unheard,
  protocol: unheard,
  type: unheard,
};
const negotiationState: Members<ContractNegotiationState> = { state: among(NEGOTIATION_STATES) };
const agreement: Members<ContractAgreement> = {
  ...id,
  policy: isPolicy,
  assetId: text,
  providerId: text,
  consumerId: text,
  contractSigningDate: number,
};
const transfer: Members<TransferProcess> = {
  ...id,
  correlationId: optional(text),
  type: among(["CONSUMER", "PROVIDER"]),
  state: among(TRANSFER_STATES),
  createdAt: optional(number),
  assetId: text,
  connectorId: unheard,
  contractId: text,
  errorDetail: optional(text),
  dataDestination: node,
  privateProperties: node,
};
const transferState: Members<TransferProcessState> = { state: among(TRANSFER_STATES) };
// The type calls `createdAt` a text; EDC answers a number, and so do we.
const edr: Members<Edr> = {
  ...id,
  transferProcessId: text,
  agreementId: text,
  contractNegotiationId: text,
  assetId: text,
  providerId: text,
  createdAt: number,
};
const health: Members<HealthStatus> = {
  isSystemHealthy: (value) => value === true,
  componentResults: list((one) => typeof one === "object" && one !== null && Reflect.get(one, "isHealthy") === true),
};

function faults<T extends object>(members: Members<T>, value: T): string[] {
  const table = Object.entries(members) as [string, Matcher][];
  const wrong = table.filter(([name, holds]) => !holds(Reflect.get(value, name)));
  return wrong.map(([name]) => `\`${name}\` is ${JSON.stringify(Reflect.get(value, name)) ?? "absent"}`);
}

/** What is wrong with an answer of class `Of`, if anything; `more` says what else must hold. */
type Holds<T> = (more?: (answer: T) => boolean | undefined) => (answer: T) => string[];

function of<T extends object>(members: Members<T>, Of?: new () => T): Holds<T> {
  return (more) => (answer) => {
    if (typeof answer !== "object" || answer === null || (Of !== undefined && !(answer instanceof Of))) {
      return [`not of its class: ${JSON.stringify(answer)}`];
    }
    const wrong = faults(members, answer);
    const lacks = wrong.length === 0 && more !== undefined && more(answer) !== true;
    return lacks ? [`not what was meant: ${JSON.stringify(answer)}`] : wrong;
  };
}

/** The checks by the name of the type. */
export const is = {
  idResponse: of(idResponse, IdResponse),
  asset: of(asset, Asset),
  policyDefinition: of(policyDefinition, PolicyDefinition),
  contractDefinition: of(contractDefinition, ContractDefinition),
  secret: of(secret, Secret),
  dataplane: of(dataplane, Dataplane),
  catalog: of(catalog, Catalog),
  dataset: of(dataset, Dataset),
  negotiation: of(negotiation, ContractNegotiation),
  negotiationState: of(negotiationState, ContractNegotiationState),
  agreement: of(agreement, ContractAgreement),
  transfer: of(transfer, TransferProcess),
  transferState: of(transferState, TransferProcessState),
  edr: of(edr, Edr),
  health: of(health),
};

/** Every element of a list, and what else must hold of the list. */
export function each<T>(one: Holds<T>, more: (all: T[]) => boolean): (all: T[]) => string[] {
  return (all) => {
    if (!Array.isArray(all)) {
      return [`no list: ${JSON.stringify(all)}`];
    }
    const wrong = all.flatMap(one());
    return wrong.length > 0 || more(all) ? wrong : [`not the list that was meant: ${JSON.stringify(all)}`];
  };
}

/** Nothing at all, as after 204. */
export function nothing(answer: unknown): string[] {
  return answer === undefined ? [] : [`something: ${JSON.stringify(answer)}`];
}

/** A member under its short name in EDC's namespace, whatever the class of the answer shows of it. */
export function inside(answer: JsonLdObject, name: string): unknown {
  return answer.optionalValue("edc", name);
}
