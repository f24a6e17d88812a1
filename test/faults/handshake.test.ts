/** A valid handshake with each of its octets replaced by others, all 255 of them by `npm run test:exhaustive`: an error with a name and an octet, or a valid state. */
import { describe, expect, it } from "vitest";
import { type SocketType, ZmtpError, ZmtpSession } from "../../src/index.js";
import { ascii, writeCommand, writeProperty } from "../oracle/command.js";
import { join } from "../oracle/framing.js";
import { converse } from "../oracle/session.js";
import { MASKS } from "../support/amount.js";
import { codecs } from "../support/codecs.js";

const GREETING = new Uint8Array(64);
GREETING.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, 1, ...ascii("NULL")]);

/** What each role's peer says: as it comes from libzmq, and with a property of the application's. */
const ROLES: readonly { ours: SocketType; theirs: SocketType; properties: Uint8Array[] }[] = [
  { ours: "ROUTER", theirs: "DEALER", properties: [writeProperty("Identity", ascii("id-1"))] },
  { ours: "DEALER", theirs: "ROUTER", properties: [writeProperty("Identity", new Uint8Array(0))] },
  { ours: "PUB", theirs: "SUB", properties: [writeProperty("X-A", ascii("b"))] },
];

describe.each(ROLES)("a $ours that meets a $theirs", ({ ours, theirs, properties }) => {
  const ready = writeCommand("READY", writeProperty("Socket-Type", ascii(theirs)), ...properties);
  const valid = join(GREETING, ready);

  it.each(codecs.map((codec) => ({ name: codec.name, codec })))(
    "any octet for any octet, $name",
    { timeout: 600_000 },
    (at) => {
      let named = 0;
      let active = 0;
      for (let where = 0; where < valid.length; where++) {
        for (const octet of MASKS.map((mask) => valid[where] ^ mask)) {
          const stream = valid.slice();
          stream[where] = octet;
          const session = new ZmtpSession({ socketType: ours, codec: at.codec });
          // The octets up to the changed one, then it and the rest.
          const events = [...session.receive(stream.subarray(0, where)), ...session.receive(stream.subarray(where))];
          const { error, state } = session;
          const expected = converse(stream, { socketType: ours, limit: 67108864, handshakeLimit: 65536 });
          const last = expected.events.at(-1);
          const verdict = error && { code: error.code, offset: error.offset };
          const wanted = last?.type === "Error" ? { code: last.code, offset: last.offset } : undefined;
          if (JSON.stringify(verdict) !== JSON.stringify(wanted))
            expect([where, octet, verdict]).toEqual([where, octet, wanted]);
          if (events.length !== expected.events.length)
            expect([where, octet, events]).toEqual([where, octet, expected.events]);
          if (error === undefined) active += state === "active" ? 1 : 0;
          else if (error instanceof ZmtpError && error.section && error.hint && error.offset !== undefined) named++;
          else throw new Error(`octet ${where} as ${octet}: an error without a name`, { cause: error });
        }
      }
      // Padding, minor version, filler, letters in another case and what a property holds may change; little else.
      expect(named).toBeGreaterThan(valid.length * MASKS.length * 0.4);
      expect(active).toBeGreaterThan(39 * MASKS.length);
    },
  );
});
