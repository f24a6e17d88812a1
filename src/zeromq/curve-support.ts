/** CURVE for sockets: the package `libsodium-wrappers`, loaded when a socket first wants it. RFC 25. */
import { generateKeyPairSync } from "node:crypto";
import { isInstalled } from "../connection/node/installed.js";
import type { Cryptography } from "../mechanism/crypto.js";
import { curveClientWith } from "../mechanism/curve-client.js";
import { curveServerWith } from "../mechanism/curve-server.js";
import { sodiumCryptography } from "../mechanism/sodium.js";
import { decodeZ85, encodeZ85 } from "../mechanism/z85.js";
import type { Mechanism } from "../session/mechanism.js";
import type { CurveSupport } from "../socket/security.js";

const PACKAGE = "libsodium-wrappers";

/** Octets of a key, which end each of DER's wrappings. */
const KEY = 32;

let cryptography: Cryptography | undefined;
let loading: Promise<void> | undefined;

/** Whether the package is there. */
export function hasSodium(): boolean {
  return isInstalled(PACKAGE);
}

export const curveSupport: CurveSupport = {
  load() {
    loading ??= loadSodium();
    return loading;
  },
  client: ({ serverKey, publicKey, secretKey }) =>
    onceLoaded(false, (loaded) =>
      curveClientWith(loaded, { serverKey: key(serverKey), publicKey: key(publicKey), secretKey: key(secretKey) }),
    ),
  server: ({ secretKey, zap, domain }) =>
    onceLoaded(true, (loaded) => curveServerWith(loaded, { secretKey: key(secretKey), zap, domain })),
};

/** A new pair of keys, as Z85. */
export function newKeyPair(): { publicKey: string; secretKey: string } {
  // As DER: to export these keys as JWK has hung Node 20.
  const { publicKey, privateKey } = generateKeyPairSync("x25519", {
    publicKeyEncoding: { type: "spki", format: "der" },
    privateKeyEncoding: { type: "pkcs8", format: "der" },
  });
  return { publicKey: encodeZ85(publicKey.subarray(-KEY)), secretKey: encodeZ85(privateKey.subarray(-KEY)) };
}

async function loadSodium(): Promise<void> {
  const { default: sodium } = await import("libsodium-wrappers");
  await sodium.ready;
  cryptography = sodiumCryptography(sodium);
}

/** A mechanism that is made when its first handshake begins: by then the cryptography is there. */
function onceLoaded(asServer: boolean, make: (loaded: Cryptography) => Mechanism): Mechanism {
  let made: Mechanism | undefined;
  return {
    name: "CURVE",
    asServer,
    begin(local, peer) {
      made ??= make(cryptography as Cryptography);
      return made.begin(local, peer);
    },
  };
}

const utf8 = new TextDecoder();

/** A key of a socket: its octets, or Z85. */
function key(given: Uint8Array): Uint8Array {
  return given.length === KEY ? given : decodeZ85(utf8.decode(given));
}
