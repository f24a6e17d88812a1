/** NULL with an authenticator that judges peers by where they come from. RFC 27, "Security Mechanisms". */
import { ZmtpError } from "../error.js";
import { encodeCommand, nameAt } from "../session/command.js";
import type { Mechanism } from "../session/mechanism.js";
import { Metadata, parseMetadata } from "../session/metadata.js";
import { judged, type ZapOptions, zapRequest } from "./zap.js";

const CLOSED =
  "Is the peer's NULL judged by an authenticator, too? Then neither speaks first: one of them must not be.";

/**
 * NULL as a server that asks an authenticator before it says READY, for the `mechanism` option. For the end that others
 * connect to: of two such ends each would wait for the other.
 */
export function nullServer(options: ZapOptions): Mechanism {
  if (typeof options?.zap !== "function") throw new TypeError("nullServer takes { zap }, a function that judges peers");
  return {
    name: "NULL",
    asServer: false,
    peerAsServer: false,
    begin: (local) => ({
      closingHint: CLOSED,
      open: () => undefined,
      receive(command) {
        const { name, data, position } = command;
        if (name !== "READY") {
          throw new ZmtpError("UNEXPECTED_COMMAND", `The peer sent ${name} before its READY`, {
            offset: nameAt(command),
          });
        }
        const theirs = parseMetadata(data, position);
        return judged(
          () => options.zap(zapRequest("NULL", options, local, [])),
          undefined,
          ({ userId, metadata }) => ({
            type: "complete",
            send: encodeCommand("READY", local.properties),
            metadata: new Metadata([...theirs, ...metadata]),
            userId,
          }),
        );
      },
    }),
  };
}
