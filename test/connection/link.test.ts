/** A link by itself, on a transport that only writes down what it is given. */
import { describe, expect, it } from "vitest";
import { Link } from "../../src/connection/link.js";
import { settingsFor } from "../../src/connection/options.js";
import type { Transport } from "../../src/connection/transport.js";
import { ZmtpOutbox } from "../../src/connection/zmtp-outbox.js";
import { zwsParts } from "../../src/connection/zws-link.js";
import { defaultCodec, encodeCommand, encodeFrame } from "../../src/index.js";
import { zwsGreeting } from "../../src/session/zws.js";
import { ascii, bytes, concat, pattern } from "../support/pieces.js";
import { hello } from "../support/raw.js";

/** Takes everything at once, and keeps the chunks. */
function noting(link: Link, chunks: Uint8Array[]): Transport {
  return {
    write(written) {
      for (const chunk of written) {
        chunks.push(chunk.slice());
        link.reception.sent(chunk.length);
      }
      return true;
    },
    pause() {},
    resume() {},
    finish() {},
    destroy() {},
  };
}

it("answers the handshake though more than the mark waits from before, and then sends what waited", () => {
  const payload = pattern(10_000);
  const outbox = new ZmtpOutbox(defaultCodec());
  outbox.message(payload);
  const link = new Link(settingsFor({ socketType: "PUSH", highWaterMark: 100 }), { outbox });
  const written: Uint8Array[] = [];
  link.reception.attached(noting(link, written));
  link.reception.received(hello("PULL"));
  link.outflow.flush();
  const said = concat(...written);
  const greetingAndReady = hello("PUSH");
  expect(said.subarray(0, greetingAndReady.length)).toEqual(greetingAndReady);
  expect(said.subarray(greetingAndReady.length)).toEqual(encodeFrame(payload));
  link.destroy();
});

describe("what the session says of its own in one tick", () => {
  const contexts = Array.from({ length: 100 }, (_, i) => ascii(`${i}`));

  it("leaves as one chunk, however many commands it is", () => {
    const link = new Link(settingsFor({ socketType: "PAIR" }));
    const chunks: Uint8Array[] = [];
    link.reception.attached(noting(link, chunks));
    link.reception.received(hello("PAIR"));
    link.outflow.flush();
    chunks.length = 0;
    link.reception.received(concat(...contexts.map((context) => encodeCommand("PING", bytes(0, 0), context))));
    link.outflow.flush();
    expect(chunks).toEqual([concat(...contexts.map((context) => encodeCommand("PONG", context)))]);
    link.destroy();
  });

  it("over ws:// leaves as a WebSocket message each", () => {
    const link = new Link(...zwsParts(settingsFor({ socketType: "PAIR", identity: "we" })));
    const chunks: Uint8Array[] = [];
    link.reception.attached(noting(link, chunks), zwsGreeting);
    link.reception.receivedFrame(ascii("they"), { more: false, command: false });
    for (const context of contexts) {
      const ping = concat(bytes(4), ascii("PING"), bytes(0, 0), context);
      link.reception.receivedFrame(ping, { more: false, command: true });
    }
    link.outflow.flush();
    expect(chunks).toEqual([
      concat(bytes(0), ascii("we")),
      ...contexts.map((context) => concat(bytes(2, 4), ascii("PONG"), context)),
    ]);
    link.destroy();
  });
});
