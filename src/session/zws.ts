/**
 * ZWS 2.0 without a mechanism: the first message each way is the sender's identity, and nothing else is said. RFC 45,
 * "No Mechanism". Its subprotocol with NULL ("ZWS2.0/NULL") has a slash in its name, which neither browsers nor the
 * WebSocket libraries of Node let through, so this is how JavaScript meets libzmq's ws://.
 */
import { type Octets, octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { nameAt } from "./command.js";
import type { FrameEncoding } from "./frame-encoding.js";
import type { Greeting } from "./greeting.js";
import { identityFault } from "./identity.js";
import type { Mechanism } from "./mechanism.js";
import { Metadata } from "./metadata.js";

/** The subprotocol that both peers name. */
export const SUBPROTOCOL = "ZWS2.0";

const NONE = "NONE";

/** The flag octet of a frame. */
const MORE = 1;
const COMMAND = 2;

/** A frame as a WebSocket message: the flag octet, then the body. WebSocket itself tells the length. */
export function zwsFrame(payload: Uint8Array, more: boolean, command: boolean): Octets {
  const frame = new Uint8Array(1 + payload.length);
  frame[0] = (more ? MORE : 0) | (command ? COMMAND : 0);
  frame.set(payload, 1);
  return frame;
}

/** Frames of a session over WebSocket: each is a WebSocket message of its own. */
export const zwsEncoding: FrameEncoding = ({ payload, more, command }) => zwsFrame(payload, more, command);

/** What the subprotocol says in place of a greeting. ZWS builds on ZMTP 3.0: subscriptions travel as messages. */
export const zwsGreeting: Greeting = { version: { major: 3, minor: 0 }, mechanism: NONE, asServer: false };

/** The mechanism of a session over WebSocket: identities in place of READY. */
export const zwsMechanism: Mechanism = {
  name: NONE,
  asServer: false,
  untyped: true,
  begin: ({ identity }) => ({
    open: () => zwsFrame(octets(identity ?? ""), false, false),
    receive(command) {
      throw new ZmtpError("UNEXPECTED_COMMAND", `The peer sent ${command.name} before its identity`, {
        offset: nameAt(command),
        hint:
          "Over ws:// without a mechanism the first message each way is an identity: " +
          "does the peer speak ZWS2.0/NULL?",
      });
    },
    receiveMessage(payload) {
      const fault = identityFault(payload);
      if (fault !== undefined) throw new ZmtpError("IDENTITY", `From the peer: ${fault}`, { offset: 0 });
      return { type: "complete", metadata: new Metadata([["Identity", payload.slice()]]) };
    },
  }),
};
