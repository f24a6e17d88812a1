import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  buildReady,
  encodeFrame,
  encodeGreeting,
  encodeMessage,
  type SessionEvent,
  ZmtpSession,
} from "../../src/index.js";
import { commandBody } from "../../src/session/command.js";
import { codecs } from "../support/codecs.js";
import { concat, cut, plain, receiveAll } from "../support/pieces.js";
import { runs } from "../support/runs.js";

const message = fc.array(fc.uint8Array({ maxLength: 400 }), { minLength: 1, maxLength: 4 }).map(encodeMessage);
const command = fc
  .tuple(fc.constantFrom("PING", "PONG", "SUBSCRIBE", "CANCEL", "JOIN"), fc.uint8Array({ minLength: 2, maxLength: 18 }))
  .map(([name, data]) => encodeFrame(commandBody(name, data), { command: true }));
const traffic = fc.array(fc.oneof({ weight: 4, arbitrary: message }, command), { maxLength: 10 });
const sizes = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 6 });
const minor = fc.constantFrom(0, 1);

const stream = (minor: number, frames: readonly Uint8Array[]) => {
  const greeting = encodeGreeting();
  greeting[11] = minor;
  return concat(greeting, buildReady({ socketType: "SUB", metadata: { "X-A": "b" } }), ...frames);
};

const verdict = (events: readonly SessionEvent[]) =>
  events.map((event) =>
    JSON.stringify(plain(event), (_, value) => (value instanceof Uint8Array ? value.join() : value)),
  );

describe.each(codecs.map((codec) => ({ name: codec.name, codec })))(
  "any conversation, cut anywhere, $name",
  ({ codec }) => {
    const session = () => new ZmtpSession({ socketType: "PUB", codec });

    it("gives the same events", () => {
      fc.assert(
        fc.property(minor, traffic, sizes, (minor, frames, cuts) => {
          const octets = stream(minor, frames);
          expect(verdict(receiveAll(session(), cut(octets, cuts)))).toEqual(verdict(receiveAll(session(), [octets])));
        }),
        { numRuns: runs(200) },
      );
    });

    it("gives the same verdict on a flipped octet, and at most one Error, last", () => {
      fc.assert(
        fc.property(
          minor,
          traffic,
          sizes,
          fc.nat(),
          fc.integer({ min: 1, max: 255 }),
          (minor, frames, cuts, where, mask) => {
            const octets = stream(minor, frames);
            octets[where % octets.length] ^= mask;
            const events = receiveAll(session(), cut(octets, cuts));
            expect(verdict(events)).toEqual(verdict(receiveAll(session(), [octets])));
            expect(events.slice(0, -1).some(({ type }) => type === "Error")).toBe(false);
          },
        ),
        { numRuns: runs(400) },
      );
    });
  },
);
