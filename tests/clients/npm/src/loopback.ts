// Nobody is spoken to but this machine. Every socket of the process passes here, whichever library opens it; one that would go
// elsewhere is written down and never opened. Must be imported before the client is.

import net from "node:net";

/** Where somebody wanted to connect to and was not let. */
export const refused: string[] = [];

const LOOPBACK = /^(localhost|127(\.\d+){3}|::1)$/;

type Connect = (this: net.Socket, ...words: unknown[]) => net.Socket;

const connect = net.Socket.prototype.connect as unknown as Connect;

function target(words: unknown[]): { host: string; port: unknown; path?: unknown } {
  // Node itself calls with one array of what it was given; others with options, or with port and host.
  const [first, second] = (Array.isArray(words[0]) ? words[0] : words) as unknown[];
  if (typeof first === "object" && first !== null) {
    const options = first as { host?: string; port?: unknown; path?: unknown };
    return { host: options.host ?? "localhost", port: options.port, path: options.path };
  }
  return { host: typeof second === "string" ? second : "localhost", port: first };
}

const guarded: Connect = function (...words) {
  const { host, port, path } = target(words);
  if (typeof path === "string" || LOOPBACK.test(host)) {
    return connect.apply(this, words);
  }
  refused.push(`${host}:${String(port)}`);
  throw new Error(`\`${host}\` is not this machine`);
};

net.Socket.prototype.connect = guarded as unknown as typeof net.Socket.prototype.connect;
