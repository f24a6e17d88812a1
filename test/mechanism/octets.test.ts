/**
 * A valid handshake of each mechanism but plain NULL (`test/faults/handshake.test.ts`), with each of its octets replaced
 * by each of the 255 others: an error with a name and an octet of the changed frame or after it, or a valid state.
 *
 * In all some 200,000 handshakes, for which a core needs some 20 s; but by `npm run test:exhaustive` four others stand
 * for the 255.
 */
import { describe, expect, it } from "vitest";
import { curveClient, curveServer } from "../../src/curve.js";
import { type Mechanism, nullServer, plainClient, plainServer, ZmtpError, ZmtpSession } from "../../src/index.js";
import type { Cryptography } from "../../src/mechanism/crypto.js";
import { sodiumCryptography } from "../../src/mechanism/sodium.js";
import { exhaustive } from "../support/amount.js";
import { converse } from "../support/converse.js";
import { concat } from "../support/pieces.js";

const filled = (length: number, octet: number) => new Uint8Array(length).fill(octet);
const { default: sodium } = await import("libsodium-wrappers");
await sodium.ready;
const real = sodiumCryptography(sodium);

/** What was worked out for the honest handshake; asked anew, as almost always here, it is known. */
const known = new Map<string, Uint8Array | undefined>();
let learning = false;

/** A primitive that remembers: what it gives is a copy, since whoever has a key erases it in the end. */
function remembering<Args extends unknown[]>(
  name: string,
  primitive: (...args: Args) => Uint8Array | undefined,
): (...args: Args) => Uint8Array | undefined {
  return (...args) => {
    const key = args.flat().reduce<string>((text, one) => `${text} ${textOf(one)}`, name);
    if (known.has(key)) return known.get(key)?.slice();
    const found = primitive(...args);
    if (learning) known.set(key, found?.slice());
    return found;
  };
}

const textOf = (one: unknown) =>
  one instanceof Uint8Array ? `${one.length}:${Buffer.from(one).toString("latin1")}` : String(one);

const remembered = {
  publicKey: remembering("publicKey", real.publicKey) as Cryptography["publicKey"],
  sharedKey: remembering("sharedKey", real.sharedKey),
  seal: remembering("seal", real.seal) as Cryptography["seal"],
  open: remembering("open", real.open),
};

/** Randomness that is the same in each session, so that what an honest peer said once fits each of them. */
const fixed = (own: number): Cryptography => ({
  ...remembered,
  keyPair() {
    const secretKey = filled(32, own);
    return { secretKey, publicKey: remembered.publicKey(secretKey) };
  },
  random: (length) => filled(length, own),
});

const SERVER_KEY = real.publicKey(filled(32, 2));
const curve: readonly [() => Mechanism, () => Mechanism] = [
  () => curveClient({ serverKey: SERVER_KEY, secretKey: filled(32, 1), cryptography: fixed(3) }),
  () => curveServer({ secretKey: filled(32, 2), cryptography: fixed(4) }),
];
const plain: readonly [() => Mechanism, () => Mechanism] = [
  () => plainClient({ username: "ann", password: "secret" }),
  () => plainServer((username, password) => username === "ann" && password === "secret"),
];
const zap = () => nullServer({ zap: () => true });

interface Side {
  readonly name: string;
  readonly ours: () => Mechanism;
  /** NULL as everybody speaks it if undefined: of two ends with an authenticator each would wait for the other. */
  readonly theirs: (() => Mechanism) | undefined;
  /** Octets of the greeting that may hold anything, or some other values, beside those of every mechanism. */
  readonly free: readonly number[];
  /** The credentials that our authenticator does not know when changed. */
  readonly secrets: readonly string[];
}

/** The server's word that it is one; libzmq does not look at it either. */
const AS_SERVER = 32;
/** The highest bit of a key of X25519 says nothing (RFC 7748, 5): the last octet of the key in HELLO. */
const KEY_END = 177;

const SIDES: readonly Side[] = [
  { name: "PLAIN client", ours: plain[0], theirs: plain[1], free: [AS_SERVER], secrets: [] },
  { name: "PLAIN server", ours: plain[1], theirs: plain[0], free: [], secrets: ["ann", "secret"] },
  { name: "NULL server with ZAP", ours: zap, theirs: undefined, free: [], secrets: [] },
  { name: "CURVE client", ours: curve[0], theirs: curve[1], free: [AS_SERVER], secrets: [] },
  { name: "CURVE server", ours: curve[1], theirs: curve[0], free: [KEY_END], secrets: [] },
];

/** What an octet is changed by: one bit, all, a letter's case, the highest bit; or to each other value there is. */
const FEW = [1, 255, 32, 128];
const ALL = Array.from({ length: 255 }, (_, turn) => turn + 1);
const TURNS = exhaustive ? ALL : FEW;

/** Of every greeting: padding of the signature, its last octet but for the lowest bit, version, filler. */
const GREETING_FREE = [...range(1, 11), ...range(33, 63)];

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
}

const open = (mechanism?: Mechanism) => new ZmtpSession({ socketType: "PAIR", ...(mechanism && { mechanism }) });

/** What an honest peer sends to `ours`, run by run. */
function honest(side: Side): Uint8Array[] {
  learning = true;
  const ours = open(side.ours());
  const { wire } = converse(ours, open(side.theirs?.()));
  expect(ours.state).toBe("active");
  learning = false;
  return wire.filter(({ to }) => to === ours).map(({ octets }) => octets.slice());
}

/** A new session that hears these runs, of which one has an octet changed. */
function hear(side: Side, runs: readonly Uint8Array[], which: number, at: number, turn: number): ZmtpSession {
  const session = open(side.ours());
  for (const [number, octets] of runs.entries()) {
    const sent = octets.slice();
    if (number === which) sent[at] = (sent[at] as number) ^ turn;
    // All of it is read, and nothing is left to a later call.
    for (const _ of session.receive(sent));
  }
  return session;
}

/** The places of a text's letters in what was sent, as far as it was sent in the clear. */
function placesOf(text: string, sent: Uint8Array): number[] {
  const from = Buffer.from(sent).indexOf(text);
  return from < 0 ? [] : [...text].flatMap((letter, i) => (/[a-z]/i.test(letter) ? [from + i] : []));
}

describe.each(SIDES)("a $name", (side) => {
  it("refuses a changed octet by name and place, or may hold any", { timeout: 600_000 }, () => {
    const runs = honest(side);
    const sent = concat(...runs);
    const unnoticed = new Set<number>();
    const denied = new Set<number>();
    let first = 0;
    for (const [which, run] of runs.entries()) {
      for (const at of run.keys()) {
        for (const turn of TURNS) {
          const { error, state } = hear(side, runs, which, at, turn);
          const what = `octet ${first + at} ^ ${turn}: ${state}, ${error?.code} at ${error?.offset}`;
          if (error === undefined) {
            // A length made larger leaves us waiting for the rest.
            if (state === "active") unnoticed.add(first + at);
            else expect(["greeting", "handshake"], what).toContain(state);
            continue;
          }
          if (!(error instanceof ZmtpError && error.section && error.hint)) throw new Error(what, { cause: error });
          // Other credentials are no octet's fault: it is our own authenticator that does not know them.
          if (error.code === "DENIED") denied.add(first + at);
          else if (error.offset === undefined || error.offset < first || error.offset > sent.length) {
            throw new Error(what, { cause: error });
          }
        }
      }
      first += run.length;
    }
    const free = [...GREETING_FREE, ...side.free, ...placesOf("Socket-Type", sent)];
    expect([...unnoticed]).toEqual(free.sort((a, b) => a - b));
    expect([...denied]).toEqual(side.secrets.flatMap((secret) => placesOf(secret, sent)));
  });
});
