/**
 * ZWS 2.0 without a mechanism: the first message each way is the sender's identity, and nothing else is said. RFC 45,
 * "No Mechanism". Its subprotocol with NULL ("ZWS2.0/NULL") has a slash in its name, which neither browsers nor the
 * WebSocket libraries of Node let through, so this is how JavaScript meets libzmq's ws://.
 */
import { encodeFrame } from "../codec/encoder.js";
import { ZmtpError } from "../error.js";
import { nameAt } from "./command.js";
import type { Greeting } from "./greeting.js";
import { identityFault } from "./identity.js";
import type { Mechanism } from "./mechanism.js";
import { Metadata } from "./metadata.js";

/** The subprotocol that both peers name. */
export const SUBPROTOCOL = "ZWS2.0";

const NONE = "NONE";

/** What the subprotocol says in place of a greeting. ZWS builds on ZMTP 3.0: subscriptions travel as messages. */
export const zwsGreeting: Greeting = { version: { major: 3, minor: 0 }, mechanism: NONE, asServer: false };

/** The mechanism of a session over WebSocket: identities in place of READY. */
export const zwsMechanism: Mechanism = {
  name: NONE,
  asServer: false,
  untyped: true,
  begin: ({ identity }) => ({
    open: () => encodeFrame(identity ?? ""),
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
