/** CURVE as a client: HELLO, INITIATE, and a server whose key we know beforehand. RFC 26. */
import { type Command, encodeCommand } from "../session/command.js";
import type { Handshake, Mechanism, Progress } from "../session/mechanism.js";
import { parseMetadata } from "../session/metadata.js";
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
import { Counter, Rising } from "./curve-counter.js";
import { malformed, unexpected } from "./curve-fault.js";
import { type CurveKey, keyOf, pairOf } from "./curve-keys.js";
import { Secrets } from "./curve-secrets.js";
import { curveTraffic } from "./curve-traffic.js";

const VERSION = Uint8Array.of(1, 0);

const WELCOME_SIZE = LONG_NONCE + MAC + KEY + COOKIE;

const WRONG_SERVER =
  "Does `serverKey` belong to this server? A CURVE server closes without a word when it does not, and when both ends " +
  "are clients or servers. Its log tells more.";

const NOT_ALLOWED =
  "The server has seen our key: its authenticator may not allow it, or could not decide (ZAP 300). Its log tells more.";

const NOT_OURS = [
  "The WELCOME's box",
  "It is not from the owner of `serverKey`: a wrong key, or a false server.",
] as const;
const NOT_GENUINE = ["The READY's box", "It was changed on the way, or forged."] as const;

/** @internal Who makes a `curveClient` in another thread. */
export const CURVE_CLIENT = "monocoque:curveClient";

/** What a CURVE client needs. */
export interface CurveClientOptions {
  /** The server's long-term public key, which must be known beforehand. */
  readonly serverKey: CurveKey;
  /** Our own long-term secret key; default: a pair made for this mechanism, for servers that let anybody in. */
  readonly secretKey?: CurveKey | undefined;
  /** Its public half; default: worked out. */
  readonly publicKey?: CurveKey | undefined;
}

/** @internal `curveClient` with a library of cryptography. */
export function curveClientWith(cryptography: Cryptography, options: CurveClientOptions): Mechanism {
  const serverKey = keyOf(options.serverKey, "serverKey");
  const { secretKey, publicKey } = options;
  if (secretKey === undefined && publicKey !== undefined) throw new TypeError("publicKey needs its secretKey");
  const longTerm = secretKey === undefined ? cryptography.keyPair() : pairOf(cryptography, { secretKey, publicKey });
  return {
    name: CURVE,
    asServer: false,
    begin: (local) => new CurveClient(cryptography, serverKey, longTerm, local),
    // The pair as it is: one that was made here is the same in every thread.
    recipe: () => ({ maker: CURVE_CLIENT, from: { serverKey, ...longTerm } satisfies CurveClientOptions }),
  };
}

/** The keys' names are the RFC's: C and S the long-term ones, C' and S' those of this connection. */
class CurveClient implements Handshake {
  readonly #cryptography: Cryptography;
  readonly #serverKey: Uint8Array;
  readonly #longTerm: KeyPair;
  readonly #shortTerm: KeyPair;
  readonly #local: LocalInfo;
  readonly #ours = new Counter();
  readonly #secrets = new Secrets();
  /** C' with S until WELCOME has come, then C' with S'. */
  #shared: Uint8Array;
  #step: "hello" | "initiate" = "hello";

  constructor(cryptography: Cryptography, serverKey: Uint8Array, longTerm: KeyPair, local: LocalInfo) {
    this.#cryptography = cryptography;
    this.#serverKey = serverKey;
    this.#longTerm = longTerm;
    this.#local = local;
    this.#shortTerm = cryptography.keyPair();
    const secretKey = this.#secrets.keep(this.#shortTerm.secretKey);
    try {
      this.#shared = this.#secrets.keep(sharedWith(cryptography, serverKey, secretKey, 0));
    } catch (error) {
      // There is no handshake yet that anybody could end.
      this.erase();
      throw error;
    }
  }

  /** A refusal ends here as well: the session calls it whenever a handshake has failed. */
  erase(): void {
    this.#secrets.erase();
  }

  get closingHint(): string {
    return this.#step === "hello" ? WRONG_SERVER : NOT_ALLOWED;
  }

  /** HELLO: C' in the clear, and a box that only its owner can have made for S. */
  open(): Uint8Array {
    const count = this.#ours.next();
    const box = this.#seal([new Uint8Array(SIGNED)], nonceOf("CurveZMQHELLO---", count));
    return encodeCommand("HELLO", VERSION, new Uint8Array(PADDING), this.#shortTerm.publicKey, count, box);
  }

  receive(command: Command): Progress {
    if (command.name === "WELCOME" && this.#step === "hello") return this.#welcome(command);
    if (command.name === "READY" && this.#step === "initiate") return this.#ready(command);
    const hint = command.name === "HELLO" ? "Both ends are CURVE clients: make one a curveServer." : undefined;
    throw unexpected(command, this.#step === "hello" ? "WELCOME" : "READY", hint);
  }

  /** WELCOME brings S' and a cookie; INITIATE takes the cookie back, C, the vouch for C', and our metadata. */
  #welcome({ data, position }: Command): Progress {
    if (data.length !== WELCOME_SIZE) throw malformed(`A WELCOME has ${data.length} octets of data`, position);
    const nonce = nonceOf("WELCOME-", data.subarray(0, LONG_NONCE));
    const at = position + LONG_NONCE;
    const clear = openBox(this.#cryptography, data.subarray(LONG_NONCE), nonce, this.#shared, at, NOT_OURS);
    const serverShort = clear.subarray(0, KEY);
    const cookie = clear.subarray(KEY);
    const vouch = this.#vouch(serverShort, at);
    const { secretKey } = this.#shortTerm;
    this.#shared = this.#secrets.keep(sharedWith(this.#cryptography, serverShort, secretKey, at));
    this.#secrets.erase(this.#shared);
    this.#step = "initiate";
    const count = this.#ours.next();
    const box = this.#seal(
      [this.#longTerm.publicKey, vouch, this.#local.properties],
      nonceOf("CurveZMQINITIATE", count),
    );
    return { type: "continue", send: encodeCommand("INITIATE", cookie, count, box) };
  }

  /** That C' is ours, for this server alone: a box from C to S'. */
  #vouch(serverShort: Uint8Array, position: number): Uint8Array {
    const cryptography = this.#cryptography;
    const shared = this.#secrets.keep(sharedWith(cryptography, serverShort, this.#longTerm.secretKey, position));
    const nonce = cryptography.random(LONG_NONCE);
    const clear = [this.#shortTerm.publicKey, this.#serverKey];
    const vouch = cryptography.seal(clear, nonceOf("VOUCH---", nonce), shared, LONG_NONCE);
    vouch.set(nonce);
    return vouch;
  }

  #ready({ data, position }: Command): Progress {
    if (data.length < SHORT_NONCE + MAC) throw malformed("A READY is too short for a box", position);
    const theirs = new Rising();
    const count = data.subarray(0, SHORT_NONCE);
    const nonce = nonceOf("CurveZMQREADY---", count);
    const at = position + SHORT_NONCE;
    const clear = openBox(this.#cryptography, data.subarray(SHORT_NONCE), nonce, this.#shared, at, NOT_GENUINE);
    theirs.check(count, position);
    const metadata = parseMetadata(clear, at + MAC);
    const cryptography = this.#cryptography;
    const traffic = curveTraffic({ cryptography, key: this.#shared, asServer: false, ours: this.#ours, theirs });
    return { type: "complete", metadata, traffic, publicKey: new Uint8Array(this.#serverKey) };
  }

  #seal(clear: readonly Uint8Array[], nonce: Uint8Array): Uint8Array {
    return this.#cryptography.seal(clear, nonce, this.#shared);
  }
}
