/**
 * A warning, once a process, where a mechanism shows its secrets to a network. RFC 24: "SHOULD NOT be used on public
 * infrastructure".
 */
import type { Socket } from "node:net";
import type { Mechanism } from "../../session/mechanism.js";

const CODE = "MONOCOQUE_PLAIN_IN_CLEAR";

/** This machine's own addresses, IPv4 as a socket of IPv6 shows it among them. */
const LOOPBACK = /^(127\.|::1$|::ffff:127\.)/i;

let warned = false;

/**
 * Warns if a password is about to travel over a network as it is. Only sockets are looked at: over `ws://` there is no
 * mechanism, and streams may well be encrypted.
 */
export function warnIfExposed(mechanism: Mechanism | undefined, { remoteAddress }: Socket): void {
  // A socket of ipc:// has no address.
  if (warned || !mechanism?.exposed || remoteAddress === undefined || LOOPBACK.test(remoteAddress)) return;
  warned = true;
  process.emitWarning(
    `${mechanism.name} shows user name and password to whoever can listen on the network between here and ` +
      `${remoteAddress}. Use CURVE (monocoque/curve), or ${mechanism.name} inside of TLS (overStreams).`,
    { type: "MonocoqueWarning", code: CODE },
  );
}
