// The two sides as the environment names them, each with a client of its own.

import { EdcConnectorClient } from "#client";
import { watched } from "./book";

/** The protocol's version that both sides speak. Client 0.9.0 would name an older one; what a request says itself wins. */
export const PROTOCOL = "dataspace-protocol-http:2025-1";

/** One side: who it is in the protocol, and its client. */
export interface Side {
  id: string;
  protocol: string;
  management: string;
  key: string;
  /** The client itself, for what asks it about its classes. */
  bare: EdcConnectorClient;
  /** The client, with every call seen. */
  client: EdcConnectorClient;
}

/** A value that the harness gives. */
export function given(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(`\`${name}\` is not given`);
  }
  return value;
}

function side(role: string): Side {
  const management = given(`${role}_MANAGEMENT`);
  const key = given(`${role}_API_KEY`);
  const bare = new EdcConnectorClient.Builder()
    .apiToken(key)
    .managementUrl(management)
    .defaultUrl(given(`${role}_DEFAULT`))
    .protocolUrl(given(`${role}_PROTOCOL`))
    .federatedCatalogUrl(management)
    .build();
  return { id: given(`${role}_ID`), protocol: given(`${role}_PROTOCOL`), management, key, bare, client: watched(bare) };
}

/** The side that gives. */
export const provider = side("PROVIDER");
/** The side that takes. */
export const consumer = side("CONSUMER");

/** How the consumer names the provider in a request. */
export const counterParty = {
  protocol: PROTOCOL,
  counterPartyAddress: provider.protocol,
  counterPartyId: provider.id,
};
