/**
 * Which security mechanism a socket's links have, by its options. RFC 24, 25, 27; libzmq's ZMQ_PLAIN_*, ZMQ_CURVE_*,
 * ZMQ_ZAP_DOMAIN.
 */
import { nullServer } from "../mechanism/null-server.js";
import { plainClient, plainServer } from "../mechanism/plain.js";
import type { Mechanism } from "../session/mechanism.js";
import type { EndpointOwner } from "./endpoints.js";
import { notHere } from "./errno.js";
import { hasZapHandler, zapDomainOf, zapOf } from "./zap.js";

/** CURVE, where there is cryptography. */
export interface CurveSupport {
  /** Begins to load it; resolves once mechanisms may begin. */
  load(): Promise<void>;
  client(keys: { serverKey: Uint8Array; publicKey: Uint8Array; secretKey: Uint8Array }): Mechanism;
  server(options: { secretKey: Uint8Array; zap?: ReturnType<typeof zapOf>; domain?: string }): Mechanism;
}

let curve: CurveSupport | undefined;

/** @internal Called once by the entry that brings it. */
export function useCurve(support: CurveSupport): void {
  curve = support;
}

/** A mechanism, and what has to be there before it may begin. */
export interface Security {
  readonly mechanism: Mechanism | undefined;
  readonly ready: Promise<void> | undefined;
}

const utf8 = new TextDecoder();

/** @internal Undefined mechanism: NULL. Throws ENOTSUP for CURVE where there is no cryptography. */
export function securityOf(owner: EndpointOwner): Security {
  const { settings } = owner;
  const { plainUsername, plainPassword, curveServerKey } = settings;
  if (settings.curveServer || curveServerKey.length > 0) return curveSecurity(owner);
  if (settings.plainServer) return now(plainServer({ zap: zapOf(owner), domain: zapDomainOf(owner) }));
  if (plainUsername.length > 0 || plainPassword.length > 0) {
    return now(plainClient({ username: utf8.decode(plainUsername), password: utf8.decode(plainPassword) }));
  }
  if (settings.zapDomain.length === 0 || !hasZapHandler(owner)) return now(undefined);
  // A handler decides by address alone.
  return now(nullServer({ zap: zapOf(owner), domain: zapDomainOf(owner) }));
}

function curveSecurity(owner: EndpointOwner): Security {
  if (curve === undefined) throw notHere("curveServer, curveServerKey", "CURVE needs the package libsodium-wrappers");
  const { settings } = owner;
  const { curveSecretKey: secretKey, curvePublicKey: publicKey, curveServerKey: serverKey } = settings;
  const ready = curve.load();
  if (!settings.curveServer) return { mechanism: curve.client({ serverKey, publicKey, secretKey }), ready };
  // Without a handler there is encryption, and whoever knows the server's key comes in: as in libzmq.
  const zap = hasZapHandler(owner) ? { zap: zapOf(owner), domain: zapDomainOf(owner) } : {};
  return { mechanism: curve.server({ secretKey, ...zap }), ready };
}

function now(mechanism: Mechanism | undefined): Security {
  return { mechanism, ready: undefined };
}
