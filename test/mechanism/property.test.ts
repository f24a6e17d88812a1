/** Any commands at any step of any mechanism: refused by a ZmtpError, or taken; nothing else, and nobody hangs on to it. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { curveClient, curveKeyPair, curveServer } from "../../src/curve.js";
import {
  encodeCommand,
  encodeFrame,
  encodeGreeting,
  type Mechanism,
  nullServer,
  plainClient,
  plainServer,
  ZmtpError,
  ZmtpSession,
} from "../../src/index.js";
import { converse } from "../support/converse.js";
import { concat, cut, receiveAll } from "../support/pieces.js";
import { runs } from "../support/runs.js";

const keys = curveKeyPair();

/** NULL as everybody speaks it. */
const plainNull = () => undefined;

/** Each side, and who it would talk to. */
const sides: Record<string, [ours: () => Mechanism | undefined, theirs: () => Mechanism | undefined]> = {
  "CURVE client": [() => curveClient({ serverKey: keys.publicKey }), () => curveServer(keys)],
  "CURVE server": [() => curveServer(keys), () => curveClient({ serverKey: keys.publicKey })],
  "PLAIN client": [() => plainClient({ username: "a", password: "b" }), () => plainServer(() => true)],
  "PLAIN server": [() => plainServer(() => true), () => plainClient({ username: "a", password: "b" })],
  "NULL with an authenticator": [() => nullServer({ zap: () => true }), plainNull],
  "NULL whose peer has an authenticator": [plainNull, () => nullServer({ zap: () => true })],
};

const name = fc.constantFrom("HELLO", "WELCOME", "INITIATE", "READY", "ERROR", "MESSAGE", "PING", "SUBSCRIBE");
/** Sizes at which a command is taken seriously, and others. */
const size = fc.oneof(fc.constantFrom(0, 1, 24, 40, 160, 194, 248, 249, 300), fc.nat(400));
const command = fc.tuple(name, size, fc.nat(255), fc.boolean()).map(([name, size, octet, isCommand]) => {
  const data = new Uint8Array(size).map((_, i) => (octet + i * octet) & 255);
  return isCommand
    ? encodeCommand(name, data)
    : encodeFrame(concat(Uint8Array.of(name.length), new TextEncoder().encode(name), data));
});
const cuts = fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 4 });

describe.each(Object.entries(sides))("a %s", (_, [ours, theirs]) => {
  const open = (mechanism: Mechanism | undefined) =>
    new ZmtpSession({ socketType: "PAIR", ...(mechanism && { mechanism }) });

  it("gets through with an honest peer", () => {
    const [session, partner] = [open(ours()), open(theirs())];
    converse(session, partner);
    expect([session.state, partner.state]).toEqual(["active", "active"]);
  });

  it(
    "takes or refuses whatever comes, at any step, and never breaks",
    () => {
      fc.assert(
        fc.property(fc.nat(4), fc.array(command, { maxLength: 4 }), cuts, (step, commands, sizes) => {
          const session = open(ours());
          // As far as an honest peer would come, then something else.
          let heard = 0;
          const partner = open(theirs());
          converse(session, partner, (octets, _, to) => {
            if (to !== session || heard++ < step) return octets;
            return new Uint8Array(0);
          });
          if (session.state === "greeting") receiveAll(session, [partner.start()]);
          const events = receiveAll(session, cut(concat(...commands), sizes));
          expect(events.slice(0, -1).some(({ type }) => type === "Error")).toBe(false);
          if (session.error === undefined) return;
          expect(session.error).toBeInstanceOf(ZmtpError);
          expect(session.error.code).not.toBe("MECHANISM_FAILED");
          expect(receiveAll(session, commands)).toEqual([]);
        }),
        { numRuns: runs(60) },
      );
    },
    runs(60_000),
  );

  it(
    "says the same of what is cut anywhere",
    () => {
      fc.assert(
        fc.property(fc.array(command, { minLength: 1, maxLength: 3 }), cuts, (commands, sizes) => {
          const mechanism = ours();
          const { name = "NULL", asServer = true } = mechanism ?? {};
          const greeting = encodeGreeting({ mechanism: name, asServer: !asServer && name !== "NULL" });
          const stream = concat(greeting, ...commands);
          const [whole, pieces] = [open(mechanism), open(mechanism)];
          receiveAll(whole, [stream]);
          receiveAll(pieces, cut(stream, sizes));
          const verdict = ({ state, error }: ZmtpSession) => [state, error?.code, error?.offset];
          expect(verdict(pieces)).toEqual(verdict(whole));
        }),
        { numRuns: runs(60) },
      );
    },
    runs(60_000),
  );
});
