/** CURVE as a server: WELCOME with a cookie in place of memory, then READY. RFC 26. */
import { AS_SERVER_AT } from "../codec/greeting-layout.js";
import { ZmtpError } from "../error.js";
import { type Command, encodeCommand } from "../session/command.js";
import type { Greeting } from "../session/greeting.js";
import type { Handshake, Mechanism, Progress } from "../session/mechanism.js";
import { Metadata, parseMetadata } from "../session/metadata.js";
import type { LocalInfo } from "../session/peer.js";
import type { Cryptography, KeyPair } from "./crypto.js";
import {
  COOKIE,
  CURVE,
  KEY,
  LONG_NONCE,
  MAC,
  nonceOf,
  openBox,
  PADDING,
  SHORT_NONCE,
  SIGNED,
  sharedWith,
} from "./curve-box.js";
import { Cookies } from "./curve-cookies.js";
import { Counter, Rising } from "./curve-counter.js";
import { malformed, unexpected, unopened } from "./curve-fault.js";
import { type CurveKey, pairOf, sameOctets } from "./curve-keys.js";
import { Secrets } from "./curve-secrets.js";
import { curveTraffic } from "./curve-traffic.js";
import { encodeZ85 } from "./z85.js";
import { type Admission, judged, type Verdict, type ZapHandler, zapRequest } from "./zap.js";

const HELLO_SIZE = 2 + PADDING + KEY + SHORT_NONCE + MAC + SIGNED;
const VOUCH = LONG_NONCE + MAC + 2 * KEY;
const INITIATE_LEAST = COOKIE + SHORT_NONCE + MAC + KEY + VOUCH;

const SERVER_CLOSED =
  "The client has gone before it had shown its key: it may expect another server key, or be a CURVE server itself.";

const WRONG_KEY = [
  "The HELLO's box",
  "The client expects another server: give it the public key of this one.",
] as const;
const USED_COOKIE = [
  "The INITIATE's cookie",
  "It has let a client in before: somebody says again what was said on another connection.",
] as const;
const NOT_GENUINE = ["The INITIATE's box", "It was changed on the way, or forged."] as const;
const NO_VOUCH = ["The INITIATE's vouch", "The client does not own the long-term key that it shows."] as const;

/** What is known of a client that has proved its key. */
export interface CurvePeer {
  /** Where it is, if the transport says so. */
  readonly remoteAddress: string | undefined;
  /** The peer's greeting: its version, its mechanism, its as-server octet. */
  readonly greeting: Greeting;
}

/** Decides about a client by its key; a promise holds this client's handshake up and nobody else's. */
export type CurveCheck = (
  publicKey: Uint8Array,
  metadata: ReadonlyMap<string, Uint8Array>,
  peer: CurvePeer,
) => Verdict | Promise<Verdict>;

/** What a CURVE server needs. */
export interface CurveServerOptions {
  /** Our long-term secret key. */
  readonly secretKey: CurveKey;
  /** Its public half, which clients know; default: worked out. */
  readonly publicKey?: CurveKey | undefined;
  /** Decides about each client; default: whoever has proved a key comes in. A bare `true` makes it the `userId`. */
  readonly check?: CurveCheck | undefined;
  /** In place of `check`: an authenticator in ZAP's terms. */
  readonly zap?: ZapHandler | undefined;
  /** ZAP's domain; default "". */
  readonly domain?: string | undefined;
}

/** @internal `curveServer` with a library of cryptography. */
export function curveServerWith(cryptography: Cryptography, options: CurveServerOptions): Mechanism {
  const longTerm = pairOf(cryptography, options);
  const { check, zap, domain } = options;
  for (const [name, value] of Object.entries({ check, zap })) {
    if (value !== undefined && typeof value !== "function") throw new TypeError(`${name} is a function`);
  }
  if (check !== undefined && zap !== undefined) throw new TypeError("check and zap are two ways to say the same");
  const server: Server = { cryptography, longTerm, cookies: new Cookies(cryptography) };
  return {
    name: CURVE,
    asServer: true,
    begin(local, greeting) {
      if (greeting.asServer) {
        throw new ZmtpError("AS_SERVER", "The peer is a CURVE server, and so are we", { offset: AS_SERVER_AT });
      }
      const ask: Ask = (publicKey, metadata) => {
        if (zap !== undefined) return zap(zapRequest("CURVE", { zap, domain }, local, [publicKey]));
        return (check as CurveCheck)(publicKey, metadata, { remoteAddress: local.remoteAddress, greeting });
      };
      const isAsked = check !== undefined || zap !== undefined;
      return new CurveServer(server, local, isAsked ? ask : undefined);
    },
  };
}

type Ask = (publicKey: Uint8Array, metadata: Metadata) => Verdict | Promise<Verdict>;

/** What a handshake has agreed on: the key of the traffic, and how far the client has counted. */
interface Agreed {
  readonly key: Uint8Array;
  readonly theirs: Rising;
}

/** What all connections of a server share. */
interface Server {
  readonly cryptography: Cryptography;
  readonly longTerm: KeyPair;
  readonly cookies: Cookies;
}

/**
 * The keys' names are the RFC's: C and S the long-term ones, C' and S' those of this connection. Between WELCOME and
 * INITIATE it holds no key and no count, only that it is there: the client has the rest, in its cookie.
 */
class CurveServer implements Handshake {
  readonly closingHint = SERVER_CLOSED;
  readonly #server: Server;
  readonly #local: LocalInfo;
  /** Left out: whoever has proved a key comes in. */
  readonly #ask: Ask | undefined;
  /** Which command has its place now. */
  #wanted: "HELLO" | "INITIATE" | "nothing" = "HELLO";
  /** Keys that are at work: while one command is read, then while its verdict is awaited. */
  #secrets: Secrets | undefined;

  constructor(server: Server, local: LocalInfo, ask: Ask | undefined) {
    this.#server = server;
    this.#local = local;
    this.#ask = ask;
  }

  open(): undefined {
    return undefined;
  }

  /** A refusal ends here as well: the session calls it whenever a handshake has failed. */
  erase(): void {
    if (this.#wanted === "INITIATE") this.#server.cookies.settled();
    this.#wanted = "nothing";
    this.#secrets?.erase();
  }

  receive(command: Command): Progress {
    if (command.name !== this.#wanted) throw unexpected(command, this.#wanted);
    const secrets = new Secrets();
    this.#secrets = secrets;
    if (command.name === "HELLO") return this.#hello(command, secrets);
    // No key is erased before the cookie has been opened.
    try {
      return this.#initiate(command, secrets);
    } finally {
      this.#wanted = "nothing";
      this.#server.cookies.settled();
    }
  }

  /** HELLO brings C'. WELCOME gives S' and a cookie that holds s', which we forget. */
  #hello({ data, position }: Command, secrets: Secrets): Progress {
    if (data.length !== HELLO_SIZE) throw malformed(`A HELLO has ${data.length} octets of data`, position);
    if (data[0] !== 1 || data[1] !== 0)
      throw malformed(`The peer speaks version ${data[0]}.${data[1]} of CURVE`, position);
    const keyAt = 2 + PADDING;
    if (data.subarray(2, keyAt).some((octet) => octet !== 0))
      throw malformed("A HELLO's padding is not zero", position);
    const { cryptography, longTerm, cookies } = this.#server;
    const clientShort = data.subarray(keyAt, keyAt + KEY);
    const count = data.subarray(keyAt + KEY, keyAt + KEY + SHORT_NONCE);
    const boxAt = keyAt + KEY + SHORT_NONCE;
    const shared = secrets.keep(sharedWith(cryptography, clientShort, longTerm.secretKey, position + keyAt));
    const nonce = nonceOf("CurveZMQHELLO---", count);
    const signed = openBox(cryptography, data.subarray(boxAt), nonce, shared, position + boxAt, WRONG_KEY);
    if (!sameOctets(signed, new Uint8Array(SIGNED)))
      throw malformed("The HELLO's box holds no zeros", position + boxAt);
    const { publicKey, secretKey } = cryptography.keyPair();
    secrets.keep(secretKey);
    const cookie = cookies.seal(clientShort, secretKey);
    this.#wanted = "INITIATE";
    const welcome = cryptography.random(LONG_NONCE);
    const box = cryptography.seal([publicKey, cookie], nonceOf("WELCOME-", welcome), shared);
    secrets.erase();
    this.#secrets = undefined;
    return { type: "continue", send: encodeCommand("WELCOME", welcome, box) };
  }

  /** INITIATE brings the cookie back, and inside its box C, the vouch for C', and the client's metadata. */
  #initiate({ data, position }: Command, secrets: Secrets): Progress {
    if (data.length < INITIATE_LEAST) throw malformed(`An INITIATE has ${data.length} octets of data`, position);
    const { cryptography, cookies } = this.#server;
    const cookie = cookies.open(data, position);
    const { clientShort } = cookie;
    const secretKey = secrets.keep(cookie.secretKey);
    const key = secrets.keep(sharedWith(cryptography, clientShort, secretKey, position));
    const count = data.subarray(COOKIE, COOKIE + SHORT_NONCE);
    const boxAt = COOKIE + SHORT_NONCE;
    const nonce = nonceOf("CurveZMQINITIATE", count);
    const clear = openBox(cryptography, data.subarray(boxAt), nonce, key, position + boxAt, NOT_GENUINE);
    // HELLO's count is forgotten: it was under another key.
    const theirs = new Rising();
    theirs.check(count, position + COOKIE);
    const publicKey = clear.slice(0, KEY);
    const shared = secrets.keep(sharedWith(cryptography, publicKey, secretKey, position + boxAt));
    this.#checkVouch(shared, clear.subarray(KEY, KEY + VOUCH), clientShort, position + boxAt);
    if (!cookie.use()) throw unopened(position, USED_COOKIE);
    secrets.erase(key);
    const metadata = parseMetadata(clear.subarray(KEY + VOUCH), position + boxAt + MAC + KEY + VOUCH);
    return this.#judge(publicKey, metadata, { key, theirs });
  }

  /** The owner of C says that C' is its own, and that it means us. */
  #checkVouch(shared: Uint8Array, vouch: Uint8Array, clientShort: Uint8Array, position: number): void {
    const { cryptography, longTerm } = this.#server;
    const nonce = nonceOf("VOUCH---", vouch.subarray(0, LONG_NONCE));
    const clear = openBox(cryptography, vouch.subarray(LONG_NONCE), nonce, shared, position, NO_VOUCH);
    const forThis = sameOctets(clear.subarray(0, KEY), clientShort);
    const forUs = sameOctets(clear.subarray(KEY), longTerm.publicKey);
    if (forThis && forUs) return;
    throw malformed("The INITIATE's vouch is for another connection, or another server", position);
  }

  #judge(publicKey: Uint8Array, metadata: Metadata, keys: Agreed): Progress {
    const ask = this.#ask;
    const accept = (accepted: Admission) => this.#ready(publicKey, metadata, keys, accepted);
    if (ask === undefined) return accept({ userId: undefined, metadata: new Metadata() });
    // Whoever is asked gets a copy of the key, which is theirs to keep.
    return judged(() => ask(publicKey.slice(), metadata), encodeZ85(publicKey), accept);
  }

  #ready(publicKey: Uint8Array, said: Metadata, { key, theirs }: Agreed, { userId, metadata }: Admission): Progress {
    const { cryptography } = this.#server;
    const ours = new Counter();
    const count = ours.next();
    const box = cryptography.seal([this.#local.properties], nonceOf("CurveZMQREADY---", count), key);
    return {
      type: "complete",
      send: encodeCommand("READY", count, box),
      metadata: new Metadata([...said, ...metadata]),
      traffic: curveTraffic({ cryptography, key, asServer: true, ours, theirs }),
      userId,
      publicKey,
    };
  }
}
