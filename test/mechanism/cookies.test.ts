/** Cookies of a CURVE server: nothing is kept for a client that is half-way, and nothing can be said twice. RFC 26. */
import sodium from "libsodium-wrappers";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type Cryptography, curveClient, curveKeyPair, curveServer } from "../../src/curve.js";
import { type Mechanism, ZmtpSession } from "../../src/index.js";
import { Cookies } from "../../src/mechanism/curve-cookies.js";
import { sodiumCryptography } from "../../src/mechanism/sodium.js";
import { converse } from "../support/converse.js";
import { bytes, concat, receiveAll } from "../support/pieces.js";

const KEY = 32;
const MINUTE = 60_000;
const keys = curveKeyPair();

beforeEach(() => void vi.useFakeTimers({ toFake: ["performance"] }));
afterEach(() => void vi.useRealTimers());

/** A server that shows its secrets: short-term keys, shared keys, and the keys of its cookies. */
function watched() {
  const library = sodiumCryptography(sodium);
  const cookieKeys: Uint8Array[] = [];
  const others: Uint8Array[] = [];
  const noted = (secret: Uint8Array) => {
    others.push(secret);
    return secret;
  };
  const cryptography: Cryptography = {
    ...library,
    keyPair() {
      const pair = library.keyPair();
      noted(pair.secretKey);
      return pair;
    },
    sharedKey(publicKey, secretKey) {
      const shared = library.sharedKey(publicKey, secretKey);
      return shared && noted(shared);
    },
    random(length) {
      const octets = library.random(length);
      if (length === KEY) cookieKeys.push(octets);
      return octets;
    },
  };
  const living = (secrets: Uint8Array[]) => secrets.filter((secret) => secret.some((octet) => octet !== 0)).length;
  return {
    mechanism: curveServer({ ...keys, cryptography }),
    made: () => cookieKeys.length,
    living: () => ({ cookieKeys: living(cookieKeys), others: living(others) }),
  };
}

const open = (mechanism: Mechanism) => new ZmtpSession({ socketType: "PAIR", mechanism });

/** A client of the server, as far as WELCOME; then what it says next. */
function halfWay(mechanism: Mechanism) {
  const client = open(curveClient({ serverKey: keys.publicKey }));
  const server = open(mechanism);
  const initiate: Uint8Array[] = [];
  const { wire } = converse(client, server, (octets, i) => {
    if (i !== 4) return octets;
    initiate.push(octets.slice());
    return bytes();
  });
  const [greeting, hello] = [0, 2].map((i) => (wire[i] as { octets: Uint8Array }).octets);
  const said = [greeting, hello, initiate[0]].map((octets) => (octets as Uint8Array).slice());
  return { client, server, initiate: initiate[0] as Uint8Array, said };
}

describe("between WELCOME and INITIATE", () => {
  it("a server holds one key, for however many clients", () => {
    const { mechanism, living, made } = watched();
    const halves = Array.from({ length: 40 }, () => halfWay(mechanism));
    expect([made(), living()]).toEqual([1, { cookieKeys: 1, others: 0 }]);
    for (const { server, initiate } of halves) {
      expect(receiveAll(server, [initiate]).map(({ type }) => type)).toEqual(["SendBytes", "HandshakeComplete"]);
    }
  });

  it("the key goes with the last client: through, gone or refused", () => {
    const { mechanism, living, made } = watched();
    const [through, gone, refused] = [halfWay(mechanism), halfWay(mechanism), halfWay(mechanism)];
    receiveAll(through.server, [through.initiate]);
    expect(through.server.state).toBe("active");
    gone.server.erase();
    gone.server.erase();
    expect(living().cookieKeys).toBe(1);
    receiveAll(refused.server, [refused.initiate.map((octet, i) => (i === 200 ? octet ^ 1 : octet))]);
    expect(refused.server.error?.code).toBe("CURVE_BOX");
    expect(living()).toEqual({ cookieKeys: 0, others: 1 });
    const next = halfWay(mechanism);
    receiveAll(next.server, [next.initiate]);
    expect([made(), next.server.state]).toEqual([2, "active"]);
  });
});

describe("a cookie", () => {
  it("lets one client in, once: a recorded handshake is refused on every other connection", () => {
    const { mechanism } = watched();
    // Somebody is half-way all the time, so that the key stays.
    halfWay(mechanism);
    const honest = halfWay(mechanism);
    receiveAll(honest.server, [honest.initiate]);
    for (let i = 0; i < 3; i++) {
      const victim = open(mechanism);
      const events = receiveAll(victim, honest.said);
      expect(events.map(({ type }) => type)).toEqual(["SendBytes", "Error"]);
      expect(victim.error).toMatchObject({
        code: "CURVE_BOX",
        message: expect.stringMatching(/let a client in before/),
      });
    }
    // Nor without the HELLO.
    const other = open(mechanism);
    receiveAll(other, [honest.said[0] as Uint8Array, honest.initiate]);
    expect(other.error?.code).toBe("UNEXPECTED_COMMAND");
  });

  it("is not used up by whoever only shows it", () => {
    const { mechanism } = watched();
    const honest = halfWay(mechanism);
    const thief = halfWay(mechanism);
    const spoilt = honest.initiate.map((octet, i) => (i === honest.initiate.length - 1 ? octet ^ 1 : octet));
    receiveAll(thief.server, [spoilt]);
    expect(thief.server.error?.message).toMatch(/INITIATE's box/);
    receiveAll(honest.server, [honest.initiate]);
    expect(honest.server.state).toBe("active");
  });

  it("of another server of the same key does not open", () => {
    const [one, other] = [watched(), watched()];
    const honest = halfWay(one.mechanism);
    halfWay(other.mechanism);
    const victim = open(other.mechanism);
    receiveAll(victim, honest.said);
    expect(victim.error?.message).toMatch(/another server/);
  });

  it("is good for a minute at least, and two at most", () => {
    const { mechanism, living, made } = watched();
    const [first, early, late] = [halfWay(mechanism), halfWay(mechanism), halfWay(mechanism)];
    vi.advanceTimersByTime(MINUTE - 1);
    receiveAll(first.server, [first.initiate]);
    expect([first.server.state, made()]).toEqual(["active", 1]);
    vi.advanceTimersByTime(1);
    // The next HELLO has a new key; the one before still opens its cookies.
    const second = halfWay(mechanism);
    expect([made(), living().cookieKeys]).toEqual([2, 2]);
    vi.advanceTimersByTime(MINUTE - 1);
    receiveAll(early.server, [early.initiate]);
    expect(early.server.state).toBe("active");
    vi.advanceTimersByTime(1);
    receiveAll(late.server, [late.initiate]);
    expect(late.server.error).toMatchObject({
      code: "CURVE_BOX",
      message: expect.stringMatching(/older than a minute/),
    });
    expect(living().cookieKeys).toBe(1);
    receiveAll(second.server, [second.initiate]);
    expect([second.server.state, living().cookieKeys]).toEqual(["active", 0]);
  });

  it("of a key that is replaced a second time does not open, and the key is erased", () => {
    const { mechanism, living, made } = watched();
    const first = halfWay(mechanism);
    for (let i = 0; i < 2; i++) {
      vi.advanceTimersByTime(MINUTE - 1);
      halfWay(mechanism);
      vi.advanceTimersByTime(1);
      halfWay(mechanism);
    }
    expect([made(), living().cookieKeys]).toEqual([3, 2]);
    receiveAll(first.server, [first.initiate]);
    expect(first.server.error?.code).toBe("CURVE_BOX");
  });
});

it("what is remembered of used cookies is bounded: their key is replaced sooner", () => {
  let count = 0;
  const made: Uint8Array[] = [];
  const plain: Cryptography = {
    keyPair: () => ({ publicKey: bytes(), secretKey: bytes() }),
    publicKey: (key) => key,
    sharedKey: (key) => key,
    random(length) {
      const octets = new Uint8Array(length);
      new DataView(octets.buffer).setUint32(0, ++count);
      if (length === KEY) made.push(octets);
      return octets;
    },
    seal: (clear, _, key, room = 0) => concat(new Uint8Array(room), key.subarray(0, 16), ...clear),
    open: (box, _, key) => (box.subarray(0, 16).every((octet, i) => octet === key[i]) ? box.slice(16) : undefined),
  };
  const cookies = new Cookies(plain);
  const give = () => cookies.seal(new Uint8Array(KEY), new Uint8Array(KEY));
  const waiting = give();
  for (let i = 0; i < 65_536; i++) {
    const cookie = give();
    if (!cookies.open(cookie, 0).use()) throw new Error(`cookie ${i} was new`);
    if (cookies.open(cookie, 0).use()) throw new Error(`cookie ${i} was used`);
    cookies.settled();
  }
  expect(made.length).toBe(1);
  give();
  expect(made.length).toBe(2);
  expect(cookies.open(waiting, 0).use()).toBe(true);
});
