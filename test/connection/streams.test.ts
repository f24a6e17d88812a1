/** Byte streams as a transport, where the streams are of a test's making: what is read, and why it ends. */
import { describe, expect, it, onTestFinished } from "vitest";
import { type Connection, type ConnectionOptions, encodeMessage, overStreams } from "../../src/index.js";
import { nextText } from "../support/connections.js";
import { bytes } from "../support/pieces.js";
import { hello } from "../support/raw.js";

/** A connection over streams that a test plays, after the handshake. */
async function played(options: Partial<ConnectionOptions> = {}) {
  let reader!: ReadableStreamDefaultController<Uint8Array>;
  const readable = new ReadableStream<Uint8Array>({
    start(controller) {
      reader = controller;
    },
  });
  let writer!: WritableStreamDefaultController;
  const written: Uint8Array[] = [];
  const writable = new WritableStream<Uint8Array>({
    start(controller) {
      writer = controller;
    },
    write: (chunk) => void written.push(chunk.slice()),
  });
  const opening = overStreams({ readable, writable }, { socketType: "PAIR", ...options });
  reader.enqueue(hello("PAIR"));
  const connection: Connection = await opening;
  onTestFinished(() => connection.destroy());
  return { connection, reader, writer };
}

const turn = () => new Promise((resolve) => setTimeout(resolve));

describe("byte streams", () => {
  it("may bring nothing at all in a chunk", async () => {
    const { connection, reader } = await played();
    reader.enqueue(bytes());
    reader.enqueue(encodeMessage("a"));
    expect(await nextText(connection)).toEqual(["a"]);
  });

  it("that can be written to no more end the connection, with the reason, once the reader has nothing to say", async () => {
    const { connection, writer } = await played();
    const cause = new Error("the other side hung up");
    writer.error(cause);
    expect(await connection.closed).toMatchObject({ by: "lost", error: { code: "CONNECTION_LOST", cause } });
  });

  it("that can be written to no more do not end it while the application has not read what had come", async () => {
    const { connection, reader, writer } = await played({ receiveHighWaterMark: 100 });
    reader.enqueue(encodeMessage("x".repeat(1000)));
    while ((reader.desiredSize ?? 0) < 1) await turn();
    reader.enqueue(encodeMessage("last"));
    writer.error(new Error("the other side hung up"));
    // Longer than the reader is given: it has been paused all the while.
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(connection.ending).toBeUndefined();
    expect(await nextText(connection)).toEqual(["x".repeat(1000)]);
    expect(await nextText(connection)).toEqual(["last"]);
    reader.close();
    expect(await connection.closed).toMatchObject({ by: expect.stringMatching(/peer|lost/) });
  });

  it("whose reader fails end the connection with its reason", async () => {
    const { connection, reader } = await played();
    const cause = new Error("the cable is out");
    reader.error(cause);
    expect(await connection.closed).toMatchObject({ by: "lost", error: { code: "CONNECTION_LOST", cause } });
  });

  it("are let go when the connection is destroyed: the one is cancelled, the other aborted", async () => {
    const gone: string[] = [];
    const readable = new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(hello("PAIR")),
      cancel: () => void gone.push("cancelled"),
    });
    const writable = new WritableStream<Uint8Array>({ abort: () => void gone.push("aborted") });
    const connection = await overStreams({ readable, writable }, { socketType: "PAIR" });
    connection.destroy();
    while (gone.length < 2) await turn();
    expect(gone.sort()).toEqual(["aborted", "cancelled"]);
  });
});
