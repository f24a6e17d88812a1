/** READY and ERROR: how NULL agrees or refuses. RFC 37, "The NULL Security Mechanism". */
import { encodeFrame } from "../codec/encoder.js";
import { octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { type Command, commandBody } from "./command.js";
import { encodeMetadata } from "./metadata.js";
import { checkedLocal, type LocalPeer } from "./peer.js";
import { isIdentified } from "./socket-type.js";

/**
 * READY as it travels, command header included; owned. Socket-Type comes first, as from libzmq, then Identity (REQ, DEALER and
 * ROUTER always, the others when it is given), then `metadata`.
 *
 * @throws A TypeError for an unknown socket type, an identity over 255 octets or with a zero first, or a property that
 *   the RFC does not allow.
 */
export function buildReady(options: LocalPeer): Uint8Array {
  const { socketType, identity, metadata = {} } = checkedLocal(options);
  const named = identity !== undefined || isIdentified(socketType);
  const properties = encodeMetadata([
    ["Socket-Type", socketType],
    ...(named ? [["Identity", identity ?? ""] as const] : []),
    ...Object.entries(metadata),
  ]);
  return encodeFrame(commandBody("READY", properties), { command: true });
}

/** @internal ERROR as it travels; owned. `reason` is up to 255 printable characters without a space. */
export function encodeError(reason: string): Uint8Array {
  return encodeFrame(commandBody("ERROR", Uint8Array.of(reason.length), octets(reason)), { command: true });
}

/** @internal What an ERROR from the peer means for us. */
export function peerError(command: Command): ZmtpError {
  const { data, position } = command;
  if (data.length === 0 || data[0] !== data.length - 1) {
    return new ZmtpError("MALFORMED_COMMAND", "The peer sent an ERROR whose reason does not fill it", {
      offset: position,
    });
  }
  const reason = String.fromCharCode(...data.subarray(1)).replace(/[^\x20-\x7e]/g, "?");
  return new ZmtpError("PEER_ERROR", `The peer refused with ERROR ${JSON.stringify(reason)}`, { offset: position });
}
