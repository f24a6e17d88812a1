/** READY: what a peer says of itself. RFC 37, "The NULL Security Mechanism". */
import type { Octets } from "../codec/payload.js";
import { encodeCommand } from "./command.js";
import { checkedLocal, type LocalPeer } from "./peer.js";

/**
 * READY as it travels, command header included; owned. Socket-Type comes first, as from libzmq, then Identity (REQ,
 * DEALER and ROUTER always, the others when it is given), then `metadata`.
 *
 * @throws A TypeError for an unknown socket type, an identity over 255 octets or with a zero first, or a property that
 *   the RFC does not allow.
 */
export function buildReady(options: LocalPeer): Octets {
  return encodeCommand("READY", checkedLocal(options).properties);
}
