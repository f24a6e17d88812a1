import { describe, expect, it } from "vitest";
import { encodeFrame, type Mechanism, type SessionEvent, ZmtpError, ZmtpSession } from "../../src/index.js";
import { commandBody, parseCommand } from "../../src/session/command.js";
import { parseMetadata } from "../../src/session/metadata.js";
import { buildReady } from "../../src/session/ready.js";
import { codecs } from "../support/codecs.js";
import { bytes, concat, text } from "../support/pieces.js";

const flip = (octets: Uint8Array) => octets.map((octet) => octet ^ 0x55);

/** A mechanism with the shape of CURVE: the client speaks first, the server answers, and all traffic travels inside MESSAGE. */
const mask = (asServer: boolean): Mechanism => ({
  name: "MASK",
  asServer,
  begin: (local) => {
    const ready = () => buildReady(local);
    return {
      open: () => (asServer ? undefined : encodeFrame(commandBody("HELLO"), { command: true })),
      receive(command) {
        if (asServer && command.name === "HELLO")
          return { send: encodeFrame(commandBody("WELCOME"), { command: true }) };
        if (!asServer && command.name === "WELCOME") return { send: ready() };
        if (command.name !== "READY")
          throw new ZmtpError("UNEXPECTED_COMMAND", command.name, { offset: command.position });
        const metadata = parseMetadata(command.data, command.position);
        const traffic = {
          name: "MESSAGE",
          seal: (frame: { payload: Uint8Array; more: boolean; command: boolean }) => {
            const flags = (frame.more ? 1 : 0) | (frame.command ? 2 : 0);
            return encodeFrame(commandBody("MESSAGE", flip(concat(bytes(flags), frame.payload))), { command: true });
          },
          open: ({ data }: { data: Uint8Array }) => {
            const clear = flip(data);
            return { payload: clear.subarray(1), more: (clear[0] & 1) === 1, command: (clear[0] & 2) === 2 };
          },
        };
        return asServer ? { send: ready(), metadata, traffic } : { metadata, traffic };
      },
    };
  },
});

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))("the mechanism seam, $name", ({ codec }) => {
  it("carries a handshake of several steps and encrypted traffic, without a change to the session", () => {
    const client = new ZmtpSession({ socketType: "SUB", codec, mechanism: mask(false) });
    const server = new ZmtpSession({ socketType: "PUB", codec, mechanism: mask(true) });
    const seen: string[] = [];
    const wire: Uint8Array[] = [];
    const deliver = (to: ZmtpSession, from: ZmtpSession, octets: Uint8Array): void => {
      wire.push(octets);
      for (const event of to.receive(octets)) {
        seen.push(`${to === client ? "client" : "server"} ${name(event)}`);
        if (event.type === "SendBytes") deliver(from, to, event.bytes);
      }
    };
    deliver(server, client, client.start());
    deliver(client, server, server.start());
    expect([client.peer?.mechanism, server.peer?.socketType]).toEqual(["MASK", "SUB"]);
    wire.length = 0;
    seen.length = 0;
    deliver(server, client, client.subscribe("news"));
    deliver(server, client, client.ping({ context: bytes(65) }));
    deliver(client, server, server.send(["news", "secret"]));
    expect(seen).toEqual([
      "server Command SUBSCRIBE news",
      "server SendBytes",
      "client Command PONG A",
      "server Command PING \0\0A",
      "client Frame news more",
      "client Frame secret",
    ]);
    expect(wire.some((octets) => text(octets).includes("secret") || text(octets).includes("PONG"))).toBe(false);
    const [batch] = [...client.receiveBatches(server.send("x"))];
    expect(
      batch?.type === "Frames" && text(parseCommand(client.sendBatch(batch.batch).subarray(2), 0).data),
    ).toBeTruthy();
  });
});

function name(event: SessionEvent): string {
  if (event.type === "Command") return `Command ${event.name} ${text(event.data)}`;
  if (event.type === "Frame") return `Frame ${text(event.frame.payload)}${event.frame.more ? " more" : ""}`;
  return event.type;
}
