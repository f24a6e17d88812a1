/** A link by itself, with an outbox that outlived the connection before: as sockets use it. */
import { expect, it } from "vitest";
import { Link } from "../../src/connection/link.js";
import { settingsFor } from "../../src/connection/options.js";
import { ZmtpOutbox } from "../../src/connection/outbox.js";
import { defaultCodec, encodeFrame } from "../../src/index.js";
import { concat, pattern } from "../support/pieces.js";
import { hello } from "../support/raw.js";

it("answers the handshake though more than the mark waits from before, and then sends what waited", () => {
  const payload = pattern(10_000);
  const outbox = new ZmtpOutbox(defaultCodec());
  outbox.message(payload);
  const link = new Link(settingsFor({ socketType: "PUSH", highWaterMark: 100 }), { outbox });
  const written: Uint8Array[] = [];
  link.reception.attached({
    write(chunks) {
      written.push(...chunks.map((chunk) => chunk.slice()));
      link.reception.sent(chunks.reduce((sum, { length }) => sum + length, 0));
      return true;
    },
    pause() {},
    resume() {},
    finish() {},
    destroy() {},
  });
  link.reception.received(hello("PULL"));
  link.outflow.flush();
  const said = concat(...written);
  const greetingAndReady = hello("PUSH");
  expect(said.subarray(0, greetingAndReady.length)).toEqual(greetingAndReady);
  expect(said.subarray(greetingAndReady.length)).toEqual(encodeFrame(payload));
  link.destroy();
});
