// The book of the judge: every call of the client is seen here, with its end, so that a method that nobody called cannot pass
// for one that works. What the calls are is in the other files.

import { EdcConnectorClientError, EdcConnectorClientErrorType } from "#client";

/** A step that the rest of its part stands on has failed. */
class Broken extends Error {}

type Ends = { well: number; badly: number };

/** Every method of the client that was seen, by its path from the client. */
const seen = new Map<string, Ends>();
let last = "";
let passed = 0;
let all = 0;

/** A line of the book. */
export function check(name: string, holds: boolean, why = ""): boolean {
  all += 1;
  passed += holds ? 1 : 0;
  console.log(holds ? `ok      ${name}` : `FAILED  ${name}${why && `: ${why}`}`);
  return holds;
}

/** The closing line; whether all is well. */
export function close(name: string): boolean {
  console.log(`${name}: ${passed} of ${all}`);
  return all > 0 && passed === all;
}

/** A part of the story: when it breaks off, the next one goes on. */
export async function part(name: string, story: () => Promise<void>): Promise<void> {
  try {
    await story();
  } catch (why) {
    if (!(why instanceof Broken)) {
      check(`${name} is told to its end`, false, shown(why));
    }
  }
}

/** A call that must succeed, with what must hold of its answer. */
export async function good<T>(what: string, call: () => Promise<T>, holds: (answer: T) => string[]): Promise<T> {
  last = "";
  let answer: T;
  try {
    answer = await call();
  } catch (why) {
    check(`${last || what}, ${what}`, false, shown(why));
    throw new Broken(what);
  }
  const faults = holds(answer);
  if (!check(`${last}, ${what}`, faults.length === 0, faults.join("; "))) {
    throw new Broken(what);
  }
  return answer;
}

/** A call that must fail with the client's own error of this type, and with the node's list of errors as its reason. */
export async function bad(
  what: string,
  call: () => Promise<unknown>,
  type: EdcConnectorClientErrorType,
  problem?: string,
): Promise<void> {
  last = "";
  try {
    const answer = await call();
    check(`${last}, ${what}`, false, `no error but ${shown(answer)}`);
  } catch (why) {
    check(`${last}, ${what}`, ...isError(why, type, problem));
  }
}

function isError(why: unknown, type: EdcConnectorClientErrorType, problem?: string): [boolean, string] {
  if (!(why instanceof EdcConnectorClientError)) {
    return [false, `a foreign error: ${shown(why)}`];
  }
  if (why.type !== type) {
    return [false, `type ${String(why.type)}, not ${type}: ${why.message}`];
  }
  return problem === undefined ? [true, ""] : isProblem(why.message, problem);
}

/** The message ends with the node's answer: a list of `message`, `type`, `path` and `invalidValue`. */
function isProblem(message: string, type: string): [boolean, string] {
  const begin = message.indexOf("[");
  try {
    const list: unknown = JSON.parse(message.slice(begin));
    const whole = (one: unknown): boolean => {
      const error = one as Record<string, unknown>;
      const named = typeof error["message"] === "string" && error["type"] === type;
      return named && "path" in error && "invalidValue" in error;
    };
    return [Array.isArray(list) && list.length > 0 && list.every(whole), message];
  } catch {
    return [false, `no list of errors: ${message}`];
  }
}

/** The client, or a part of it, with every call seen. */
export function watched<T extends object>(object: T, path = ""): T {
  return new Proxy(object, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      const here = path === "" ? String(name) : `${path}.${String(name)}`;
      if (typeof member === "function") {
        return (...words: unknown[]): unknown => noted(here, () => Reflect.apply(member, target, words) as unknown);
      }
      const inside = typeof member === "object" && member !== null && !Array.isArray(member);
      return inside && name !== "context" ? watched(member as object, here) : member;
    },
  });
}

function noted(path: string, call: () => unknown): unknown {
  last = path;
  const ends = seen.get(path) ?? { well: 0, badly: 0 };
  seen.set(path, ends);
  const answer = call();
  if (answer instanceof Promise) {
    answer.then(
      () => (ends.well += 1),
      () => (ends.badly += 1),
    );
  }
  return answer;
}

/** Whether every method below `object` was seen to succeed and to fail; `excused` gives the reason for those that were not. */
export function covered(object: object, excused: Record<string, string>): void {
  for (const path of methods(object, "")) {
    const excuse = Object.keys(excused).find((prefix) => path.startsWith(prefix));
    if (excuse !== undefined) {
      console.log(`excused ${path}: ${excused[excuse]}`);
      continue;
    }
    const { well, badly } = seen.get(path) ?? { well: 0, badly: 0 };
    check(`${path} was seen to succeed and to fail`, well > 0 && badly > 0, `${well} and ${badly} times`);
  }
}

/** The paths of all methods that answer later, through getters from one controller to the next. */
function methods(object: object, path: string): string[] {
  const found: string[] = [];
  const chain = Object.getPrototypeOf(object) as object;
  for (const [name, member] of Object.entries(Object.getOwnPropertyDescriptors(chain))) {
    const here = path === "" ? name : `${path}.${name}`;
    if (typeof member.value === "function" && name !== "constructor") {
      found.push(here);
    } else if (member.get !== undefined) {
      const next: unknown = Reflect.get(object, name);
      const isController = typeof next === "object" && next !== null && Object.getPrototypeOf(next) !== Object.prototype;
      found.push(...(isController ? methods(next, here) : []));
    }
  }
  return found;
}

/** Asks again until the answer is as awaited, ten seconds at most. */
export async function until<T>(ask: () => Promise<T>, awaited: (answer: T) => boolean): Promise<T> {
  const end = Date.now() + 10_000;
  for (;;) {
    const answer = await ask();
    if (awaited(answer) || Date.now() > end) {
      return answer;
    }
    await new Promise((go) => setTimeout(go, 50));
  }
}

function shown(what: unknown): string {
  return what instanceof Error ? `${what.name}: ${what.message}` : JSON.stringify(what);
}
