/** The identity: how a ROUTER addresses a peer. RFC 37, "The Identity Property". */
import { MAX_IDENTITY } from "./limits.js";

/** What is wrong with an identity, if anything. */
export function identityFault(identity: Uint8Array): string | undefined {
  if (identity.length > MAX_IDENTITY) {
    return `an identity of ${identity.length} octets is too long, at most ${MAX_IDENTITY} are allowed`;
  }
  if (identity[0] === 0) return "an identity begins with a zero octet";
  return undefined;
}
