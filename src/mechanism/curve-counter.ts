/** Nonces that count, ours and the peer's: none may come twice. RFC 26, "Nonces". */
import { ZmtpError } from "../error.js";
import { SHORT_NONCE } from "./curve-box.js";
import { SECTION } from "./curve-fault.js";

/** @internal Our counter: 1, 2, 3, … as eight octets. It goes on from the handshake into the traffic. */
export class Counter {
  #last = 0;

  next(): Uint8Array {
    const octets = new Uint8Array(SHORT_NONCE);
    this.nextInto(octets, 0);
    return octets;
  }

  /** The next count, written where it is wanted. */
  nextInto(out: Uint8Array, at: number): void {
    const count = ++this.#last;
    const high = Math.floor(count / 0x100000000);
    const low = count >>> 0;
    for (let i = 0; i < 4; i++) {
      out[at + i] = high >>> (24 - 8 * i);
      out[at + 4 + i] = low >>> (24 - 8 * i);
    }
  }
}

/** @internal The peer's counter, which only rises: what is replayed or reordered is refused. */
export class Rising {
  #high = 0;
  #low = 0;

  /** Takes note of the peer's next count; throws unless it is above all before. */
  check(octets: Uint8Array, position: number): void {
    const high = wordAt(octets, 0);
    const low = wordAt(octets, 4);
    if (high < this.#high || (high === this.#high && low <= this.#low)) {
      throw new ZmtpError("CURVE_NONCE", "A nonce does not rise: the command is replayed, or out of order", {
        offset: position,
        section: SECTION,
        hint: "Somebody between the peers repeats what was sent, or the peer's implementation counts wrongly.",
      });
    }
    this.#high = high;
    this.#low = low;
  }
}

function wordAt(octets: Uint8Array, at: number): number {
  return ((octets[at] << 24) | (octets[at + 1] << 16) | (octets[at + 2] << 8) | octets[at + 3]) >>> 0;
}
