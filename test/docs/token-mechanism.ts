/** TOKEN: the client shows a token, the server looks it up, and each tells the other its properties. */
import {
  encodeCommand,
  type Handshake,
  type LocalInfo,
  type Mechanism,
  type Progress,
  parseMetadata,
  ZmtpError,
} from "../../src/index.js";

/** Whose token it is; undefined turns the client away. */
export type LookUp = (token: string) => Promise<string | undefined>;

export function tokenClient(token: string): Mechanism {
  return { name: "TOKEN", asServer: false, peerAsServer: true, begin: (local) => client(local, token) };
}

export function tokenServer(lookUp: LookUp): Mechanism {
  return { name: "TOKEN", asServer: true, peerAsServer: false, begin: (local) => server(local, lookUp) };
}

function client({ properties }: LocalInfo, token: string): Handshake {
  return {
    open: () => encodeCommand("TOKEN", new TextEncoder().encode(token)),
    receive(command) {
      if (command.name !== "READY") throw misplaced(command);
      const metadata = parseMetadata(command.data, command.position);
      return { type: "complete", send: encodeCommand("READY", properties), metadata };
    },
  };
}

function server({ properties }: LocalInfo, lookUp: LookUp): Handshake {
  let userId: string | undefined;
  return {
    open: () => undefined,
    receive(command) {
      if (command.name === "TOKEN" && userId === undefined) {
        // The octets are the session's: what is used later is copied, here by decoding it.
        const token = new TextDecoder().decode(command.data);
        const decide = async (): Promise<Progress> => {
          userId = await lookUp(token);
          if (userId !== undefined) return { type: "continue", send: encodeCommand("READY", properties) };
          const error = new ZmtpError("UNKNOWN_TOKEN", "The peer's token is unknown", { hint: "Give it a new one." });
          return { type: "refused", error, reason: "unknown-token" };
        };
        return { type: "later", question: decide() };
      }
      if (command.name !== "READY" || userId === undefined) throw misplaced(command);
      return { type: "complete", metadata: parseMetadata(command.data, command.position), userId };
    },
  };
}

function misplaced(command: Parameters<Handshake["receive"]>[0]): ZmtpError {
  const offset = command.position - command.name.length;
  return new ZmtpError("UNEXPECTED_COMMAND", `The peer sent ${command.name}, which has no place here`, { offset });
}
