/**
 * Monocoque's CURVE: encryption and authentication by keys (RFC 25, RFC 26), as mechanisms for the `mechanism` option.
 * Needs the package `libsodium-wrappers`, which is loaded with this entry and by nothing else. Nothing here waits at
 * the top level, so that `require` can load it.
 */
import type { Cryptography } from "./mechanism/crypto.js";
import { type CurveClientOptions, curveClientWith } from "./mechanism/curve-client.js";
import { type CurveKey, keyOf } from "./mechanism/curve-keys.js";
import { type CurveServerOptions, curveServerWith } from "./mechanism/curve-server.js";
import { sodiumCryptography } from "./mechanism/sodium.js";
import { encodeZ85 } from "./mechanism/z85.js";
import type { Mechanism } from "./session/mechanism.js";

export type { Cryptography, KeyPair } from "./mechanism/crypto.js";
export type { CurveClientOptions } from "./mechanism/curve-client.js";
export type { CurveKey } from "./mechanism/curve-keys.js";
export type { CurveCheck, CurvePeer, CurveServerOptions } from "./mechanism/curve-server.js";
export { type PlainCheck, type PlainCredentials, type PlainPeer, plainClient, plainServer } from "./mechanism/plain.js";
export { decodeZ85, encodeZ85 } from "./mechanism/z85.js";
export type { Verdict, ZapHandler, ZapOptions, ZapReply, ZapRequest } from "./mechanism/zap.js";

let libsodium: Cryptography | undefined;

/**
 * Settled once libsodium is there; rejected if it is not installed. `import` waits for it by itself. `require` cannot:
 * await it before the first call.
 */
export const ready: Promise<void> = load();

// Whoever brings another library of cryptography never awaits it: a missing package is told at the first call.
ready.catch(() => {});

async function load(): Promise<void> {
  const { default: sodium } = await import("libsodium-wrappers").catch((cause: unknown) => {
    throw new Error("monocoque/curve needs libsodium-wrappers: npm install libsodium-wrappers", { cause });
  });
  await sodium.ready;
  libsodium = sodiumCryptography(sodium);
}

function loaded(): Cryptography {
  if (libsodium !== undefined) return libsodium;
  throw new Error(
    "libsodium-wrappers is not loaded: await `ready` of monocoque/curve first, which also tells a failure",
  );
}

/** Another library of cryptography in place of libsodium. */
export interface WithCryptography {
  readonly cryptography?: Cryptography | undefined;
}

/**
 * CURVE as a client. With `thread` it is made once more in the other thread, from its keys; not with `cryptography`,
 * which no thread can be handed.
 *
 * @throws A TypeError for keys that are none. No error shows a key.
 */
export function curveClient(options: CurveClientOptions & WithCryptography): Mechanism {
  const { cryptography } = options;
  const mechanism = curveClientWith(cryptography ?? loaded(), options);
  if (cryptography !== undefined) delete mechanism.recipe;
  return mechanism;
}

/** CURVE as a server. Throws as `curveClient` does. */
export function curveServer(options: CurveServerOptions & WithCryptography): Mechanism {
  return curveServerWith(options.cryptography ?? loaded(), options);
}

/** A new pair of keys in Z85, 40 characters each, as the `zeromq` package gives them. */
export function curveKeyPair(): { publicKey: string; secretKey: string } {
  const { publicKey, secretKey } = loaded().keyPair();
  const pair = { publicKey: encodeZ85(publicKey), secretKey: encodeZ85(secretKey) };
  secretKey.fill(0);
  return pair;
}

/** The public key that belongs to a secret one, in Z85. */
export function publicKey(secretKey: CurveKey): string {
  return encodeZ85(loaded().publicKey(keyOf(secretKey, "secretKey")));
}
