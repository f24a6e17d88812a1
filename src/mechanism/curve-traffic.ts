/** CURVE's MESSAGE: frames and commands inside boxes. RFC 26, "The MESSAGE Command". */
import { writeHeader } from "../codec/frame.js";
import type { Command } from "../session/command.js";
import type { Traffic, Unsealed } from "../session/mechanism.js";
import type { Cryptography } from "./crypto.js";
import { KEY, MAC, nonceOf, openBox, SHORT_NONCE } from "./curve-box.js";
import type { Counter, Rising } from "./curve-counter.js";
import { malformed } from "./curve-fault.js";

const NAME = "MESSAGE";

/** Flags inside the box: MORE as the RFC has it, COMMAND as libzmq has it. */
const FLAG_MORE = 1;
const FLAG_COMMAND = 2;

/** The nonce's prefix says who sends: a box cannot be turned round. */
const FROM_CLIENT = "CurveZMQMESSAGEC";
const FROM_SERVER = "CurveZMQMESSAGES";
const PREFIX = 16;

/** Octets of a body in front of its box: the name behind its length, and the nonce. */
const HEAD = 1 + NAME.length + SHORT_NONCE;

const FORGED = [
  "A MESSAGE",
  "What the peer sent was changed on the way, or forged. The connection cannot be trusted any more.",
] as const;

/** @internal */
export interface TrafficKeys {
  readonly cryptography: Cryptography;
  /** The key that both short-term pairs share; 32 octets. */
  readonly key: Uint8Array;
  readonly asServer: boolean;
  /** Go on from the handshake. */
  readonly ours: Counter;
  readonly theirs: Rising;
}

/** @internal Each direction has one nonce of which eight octets change. */
export function curveTraffic({ cryptography, key, asServer, ours, theirs }: TrafficKeys): Traffic {
  const nothing = new Uint8Array(SHORT_NONCE);
  const outward = nonceOf(asServer ? FROM_SERVER : FROM_CLIENT, nothing);
  const inward = nonceOf(asServer ? FROM_CLIENT : FROM_SERVER, nothing);
  if (key.length !== KEY) throw new RangeError("a shared key has 32 octets");
  const flags = new Uint8Array(1);
  let erased = false;
  const notErased = () => {
    // A key of zeros is one that everybody knows.
    if (erased) throw new Error("the connection is over, and its key erased");
  };
  return {
    name: NAME,
    seal({ payload, more, command }) {
      notErased();
      ours.nextInto(outward, PREFIX);
      flags[0] = (more ? FLAG_MORE : 0) | (command ? FLAG_COMMAND : 0);
      const size = HEAD + MAC + 1 + payload.length;
      const header = size > 255 ? 9 : 2;
      const out = cryptography.seal([flags, payload], outward, key, header + HEAD);
      // libzmq sends MESSAGE as a message of one frame, not as a command, and understands nothing else.
      writeHeader(out, 0, 0, size);
      out[header] = NAME.length;
      for (let i = 0; i < NAME.length; i++) out[header + 1 + i] = NAME.charCodeAt(i);
      for (let i = 0; i < SHORT_NONCE; i++) out[header + 1 + NAME.length + i] = outward[PREFIX + i];
      return out;
    },
    unseal({ data, position }: Command): Unsealed {
      notErased();
      if (data.length < SHORT_NONCE + MAC + 1) throw malformed("A MESSAGE is too short for a box", position);
      const count = data.subarray(0, SHORT_NONCE);
      inward.set(count, PREFIX);
      const clear = openBox(cryptography, data.subarray(SHORT_NONCE), inward, key, position + SHORT_NONCE, FORGED);
      // Only what has proved genuine moves the counter.
      theirs.check(count, position);
      if (clear[0] & ~(FLAG_MORE | FLAG_COMMAND)) {
        throw malformed("A MESSAGE has reserved flags set", position + SHORT_NONCE);
      }
      const more = (clear[0] & FLAG_MORE) !== 0;
      return { payload: clear.subarray(1), more, command: (clear[0] & FLAG_COMMAND) !== 0 };
    },
    erase() {
      erased = true;
      key.fill(0);
    },
  };
}
