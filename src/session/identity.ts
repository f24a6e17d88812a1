/** The identity: how a ROUTER addresses a peer. RFC 37, "The Identity Property". */

const MOST = 255;

/** What is wrong with an identity, if anything. */
export function identityFault(identity: Uint8Array): string | undefined {
  if (identity.length > MOST) return `an identity of ${identity.length} octets is too long`;
  if (identity[0] === 0) return "an identity begins with a zero octet";
  return undefined;
}
