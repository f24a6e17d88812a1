/** Which rows somebody wants to see. */
import { Breath } from "./breath.js";
import { KINDS, type Log } from "./log.js";

export interface Wish {
  /** Text of a name or a payload; octets if it starts with 0x. */
  readonly search: string;
  readonly kinds: ReadonlySet<string>;
  /** 0 the client, 1 the server; undefined: both. */
  readonly side: number | undefined;
  readonly conversation: number | undefined;
}

type Test = (row: number) => boolean;

/** Whether a wish leaves everything in. */
const wantsAll = (wish: Wish): boolean =>
  wish.search === "" &&
  wish.side === undefined &&
  wish.conversation === undefined &&
  KINDS.every((kind) => wish.kinds.has(kind));

/** The wanted rows from `from` on are added to `found`; undefined if nothing is left out. Stops when the signal says so. */
export async function filter(log: Log, wish: Wish, signal: AbortSignal): Promise<number[] | undefined> {
  if (wantsAll(wish)) return undefined;
  const test = testOf(log, wish);
  const breath = new Breath();
  const found: number[] = [];
  for (let row = 0; row < log.table.length; row++) {
    if (test(row)) found.push(row);
    if ((row & 63) === 0 && breath.due) await breath.take();
    if (signal.aborted) return found;
  }
  return found;
}

/** Whether one row is wanted. */
export function testOf(log: Log, wish: Wish): Test {
  const { table } = log;
  const kinds = KINDS.map((kind) => wish.kinds.has(kind));
  const contains = searchOf(log, wish.search.trim());
  return (row) =>
    kinds[table.kinds[row]] &&
    (wish.side === undefined || table.sides[row] === wish.side) &&
    (wish.conversation === undefined || table.conversations[row] === wish.conversation) &&
    contains(row);
}

function searchOf(log: Log, search: string): Test {
  if (search === "") return () => true;
  const octets = octetsOf(search);
  if (octets !== undefined) return (row) => indexOf(log.octetsOf(row), octets, octets) >= 0;
  const encoder = new TextEncoder();
  const lower = encoder.encode(search.toLowerCase());
  const upper = encoder.encode(search.toUpperCase());
  // Where upper case has another length than lower case, only the one as typed is looked for.
  const [one, other] =
    lower.length === upper.length ? [lower, upper] : [encoder.encode(search), encoder.encode(search)];
  return (row) => indexOf(log.octetsOf(row), one, other) >= 0;
}

/** Octets from "0x01ff"; undefined for what is no such thing. */
function octetsOf(search: string): Uint8Array | undefined {
  const digits = /^0x((?:[\da-f]{2})+)$/i.exec(search.replaceAll(" ", ""))?.[1];
  if (digits === undefined) return undefined;
  return Uint8Array.from(digits.match(/../g) as string[], (pair) => Number.parseInt(pair, 16));
}

/** Where octets begin each of which is that of `one` or that of `other`. */
function indexOf(octets: Uint8Array, one: Uint8Array, other: Uint8Array): number {
  const last = octets.length - one.length;
  for (let start = 0; start <= last; start++) {
    let at = 0;
    while (at < one.length && (octets[start + at] === one[at] || octets[start + at] === other[at])) at++;
    if (at === one.length) return start;
  }
  return -1;
}
