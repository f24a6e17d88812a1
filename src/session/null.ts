/** NULL: no authentication, no confidentiality; READY each way. RFC 37, "The NULL Security Mechanism". */
import { ZmtpError } from "../error.js";
import { encodeCommand, nameAt } from "./command.js";
import type { Mechanism } from "./mechanism.js";
import { parseMetadata } from "./metadata.js";

/** The mechanism of a session that is given no other. */
export const nullMechanism: Mechanism = {
  name: "NULL",
  asServer: false,
  peerAsServer: false,
  begin: ({ properties }) => ({
    // The RFC has the client speak first. libzmq does not wait, and two peers that both wait are deadlocked.
    open: () => encodeCommand("READY", properties),
    receive(command) {
      const { name, data, position } = command;
      if (name === "READY") return { type: "complete", metadata: parseMetadata(data, position) };
      throw new ZmtpError("UNEXPECTED_COMMAND", `The peer sent ${name} before its READY`, { offset: nameAt(command) });
    },
  }),
};
