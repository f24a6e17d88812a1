/** NULL: no authentication, no confidentiality; READY each way. RFC 37, "The NULL Security Mechanism". */
import { ZmtpError } from "../error.js";
import type { Mechanism } from "./mechanism.js";
import { parseMetadata } from "./metadata.js";
import { buildReady } from "./ready.js";

export const nullMechanism: Mechanism = {
  name: "NULL",
  asServer: false,
  begin: (local) => ({
    // The RFC has the client speak first. libzmq does not wait, and two peers that both wait are deadlocked.
    open: () => buildReady(local),
    receive({ name, data, position }) {
      if (name === "READY") return { metadata: parseMetadata(data, position) };
      throw new ZmtpError("UNEXPECTED_COMMAND", `The peer sent ${name} before its READY`, {
        offset: position - name.length,
      });
    },
  }),
};
