/** No secret of a connection outlives it, however it ends. RFC 26, "Security Considerations". */
import sodium from "libsodium-wrappers";
import { describe, expect, it } from "vitest";
import { type Cryptography, curveClient, curveKeyPair, curveServer, decodeZ85 } from "../../src/curve.js";
import { encodeFrame, ZmtpError, ZmtpSession } from "../../src/index.js";
import { sodiumCryptography } from "../../src/mechanism/sodium.js";
import { converse } from "../support/converse.js";
import { bytes } from "../support/pieces.js";

const server = curveKeyPair();
const client = curveKeyPair();
const KEY = 32;
const COOKIE_NONCE = "COOKIE--";

/** A library that keeps every secret it has handed out. */
function keeping() {
  const library = sodiumCryptography(sodium);
  const secrets: Uint8Array[] = [];
  const keep = (secret: Uint8Array) => {
    secrets.push(secret);
    return secret;
  };
  const cryptography: Cryptography = {
    ...library,
    keyPair() {
      const pair = library.keyPair();
      keep(pair.secretKey);
      return pair;
    },
    sharedKey(publicKey, secretKey) {
      const shared = library.sharedKey(publicKey, secretKey);
      return shared && keep(shared);
    },
    random: (length) => (length === KEY ? keep(library.random(length)) : library.random(length)),
    open(box, nonce, key) {
      const clear = library.open(box, nonce, key);
      const ofCookie = String.fromCharCode(...nonce.subarray(0, COOKIE_NONCE.length)) === COOKIE_NONCE;
      // A cookie holds the public key of the one, which may stay, and the secret key of the other.
      if (ofCookie && clear !== undefined) keep(clear.subarray(KEY));
      return clear;
    },
  };
  return { cryptography, left: () => secrets.filter((secret) => secret.some((octet) => octet !== 0)).length, secrets };
}

type Alter = (octets: Uint8Array, i: number) => Uint8Array;

function pair(options: { serverKey?: string; check?: () => boolean; types?: readonly ["PUB" | "PAIR", "PAIR"] } = {}) {
  const { serverKey = server.publicKey, check = () => true, types = ["PAIR", "PAIR"] } = options;
  const [ours, theirs] = [keeping(), keeping()];
  const a = new ZmtpSession({
    socketType: types[0],
    mechanism: curveClient({ serverKey, ...client, cryptography: ours.cryptography }),
  });
  const b = new ZmtpSession({
    socketType: types[1],
    mechanism: curveServer({ ...server, check, cryptography: theirs.cryptography }),
  });
  return { a, b, ours, theirs };
}

const flipped =
  (which: number, at: number): Alter =>
  (octets, i) =>
    i === which ? octets.map((octet, j) => (j === (at + octets.length) % octets.length ? octet ^ 1 : octet)) : octets;

const HELLO = 2;
const WELCOME = 3;
const INITIATE = 4;
const READY = 5;
/** Where INITIATE's cookie and its box begin, behind a long header and the name. */
const COOKIE_AT = 2 + 9 + 20;
const BOX_AT = COOKIE_AT + 100;

describe("erases every secret at the end that refuses", () => {
  it.each([
    ["a HELLO that was changed", HELLO, -1, "theirs"],
    ["a WELCOME that was changed", WELCOME, -1, "ours"],
    ["a cookie that was changed", INITIATE, COOKIE_AT, "theirs"],
    ["an INITIATE that was changed", INITIATE, BOX_AT, "theirs"],
    ["a READY that was changed", READY, -1, "ours"],
  ] as const)("%s", (_, which, at, end) => {
    const both = pair();
    converse(both.a, both.b, flipped(which, at));
    const session = end === "ours" ? both.a : both.b;
    expect(session.error).toBeInstanceOf(ZmtpError);
    expect(both[end].secrets.length).toBeGreaterThan(0);
    expect(both[end].left()).toBe(0);
  });

  it("a peer that knows another server", () => {
    const both = pair({ serverKey: curveKeyPair().publicKey });
    converse(both.a, both.b);
    expect([both.b.error?.code, both.theirs.left()]).toEqual(["CURVE_BOX", 0]);
    [...both.a.end()];
    expect([both.a.error?.code, both.ours.left()]).toEqual(["PEER_CLOSED", 0]);
  });

  it("a client that the check denies, and the client that is told", () => {
    const both = pair({ check: () => false });
    converse(both.a, both.b);
    expect([both.a.error?.code, both.b.error?.code]).toEqual(["PEER_ERROR", "DENIED"]);
    expect([both.ours.left(), both.theirs.left()]).toEqual([0, 0]);
  });

  it("a socket type that does not go with ours, seen once all keys are there", () => {
    const both = pair({ types: ["PUB", "PAIR"] });
    converse(both.a, both.b);
    expect(both.b.error?.code).toBe("SOCKET_TYPE_MISMATCH");
    expect([both.ours.left(), both.theirs.left()]).toEqual([0, 0]);
  });

  it("a client whose vouch is a box of another connection's", () => {
    const both = pair();
    // The client vouches for what it was handed: its own library gives another public key than it seals with.
    const { seal } = both.ours.cryptography;
    both.ours.cryptography.seal = (clear, nonce, key, room) => {
      const isVouch = String.fromCharCode(...nonce.subarray(0, 5)) === "VOUCH";
      return seal(isVouch ? [new Uint8Array(KEY), ...clear.slice(1)] : clear, nonce, key, room);
    };
    converse(both.a, both.b);
    expect(both.b.error?.message).toMatch(/vouch is for another/);
    expect(both.theirs.left()).toBe(0);
  });
});

describe("in traffic", () => {
  it("one key is left at each end, and none once a forged message has ended it", () => {
    const both = pair();
    converse(both.a, both.b);
    expect([both.a.state, both.b.state, both.ours.left(), both.theirs.left()]).toEqual(["active", "active", 1, 1]);
    const forged = both.a.send("secret");
    forged[forged.length - 1] ^= 1;
    expect([...both.b.receive(forged)].at(-1)).toMatchObject({ type: "Error", error: { code: "CURVE_BOX" } });
    expect(both.theirs.left()).toBe(0);
  });

  it("none is left once the connection is over, and nothing is sealed with zeros", () => {
    const both = pair();
    converse(both.a, both.b);
    const sealed = both.a.send("in time");
    for (const session of [both.a, both.b]) session.erase();
    expect([both.ours.left(), both.theirs.left()]).toEqual([0, 0]);
    expect(() => both.a.send("too late")).toThrow(/over, and its key erased/);
    expect([...both.b.receive(sealed)]).toMatchObject([{ type: "Error", error: { code: "MECHANISM_FAILED" } }]);
  });
});

it("keeps the long-term keys: the next connection needs them", () => {
  const mechanism = curveServer({ secretKey: decodeZ85(server.secretKey) });
  for (const command of [bytes(5, 1, 2, 3, 4, 5), undefined]) {
    const b = new ZmtpSession({ socketType: "PAIR", mechanism });
    const a = new ZmtpSession({ socketType: "PAIR", mechanism: curveClient({ serverKey: server.publicKey }) });
    converse(a, b, (octets, i) => (i === HELLO && command ? encodeFrame(command, { command: true }) : octets));
    expect(b.state).toBe(command ? "handshake" : "active");
  }
});
