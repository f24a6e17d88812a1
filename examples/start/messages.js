// What both sides send and expect: numbered messages whose every octet follows from the number, so that a message that is
// lost, doubled, out of order or altered shows at once.
export const FRAME_SIZE = 64;

// 256 octets without a period, and again their beginning, so that any 64 from any of the first 256 lie in one run.
const PATTERN = new Uint8Array(256 + FRAME_SIZE);
for (let i = 0; i < PATTERN.length; i++) PATTERN[i] = Math.imul((i & 255) + 1, 0x9e3779b1) >>> 24;

/** Every tenth message has two frames. */
export function framesOf(number) {
  return number % 10 === 9 ? 2 : 1;
}

/** Writes frame `part` of message `number`: the number, which frame it is, then a stretch of the pattern. */
export function writeFrame(bytes, number, part) {
  bytes[0] = number >>> 24;
  bytes[1] = number >>> 16;
  bytes[2] = number >>> 8;
  bytes[3] = number;
  bytes[4] = part;
  const shift = (number + part) & 255;
  for (let i = 5; i < FRAME_SIZE; i++) bytes[i] = PATTERN[shift + i];
}

/** Holds frames, as they arrive, against the messages [first, first + count). */
export class Checker {
  right = 0;
  wrong = 0;
  /** What the first wrong message looked like. */
  complaint;
  #count;
  #number;
  #part = 0;
  #fault;
  #expected = new Uint8Array(FRAME_SIZE);

  constructor(first, count) {
    this.#number = first;
    this.#count = count;
  }

  get seen() {
    return this.right + this.wrong;
  }

  /** The next frame lies in bytes[start, end). */
  frame(bytes, start, end, more) {
    this.#fault ??= this.#difference(bytes, start, end, more);
    this.#part++;
    if (!more) this.#endMessage();
  }

  #difference(bytes, start, end, more) {
    const expected = this.#expected;
    if (this.seen === this.#count) return "one more than was sent";
    if (end - start !== FRAME_SIZE) return `frame ${this.#part} has ${end - start} octets, not ${FRAME_SIZE}`;
    if (more !== this.#part < framesOf(this.#number) - 1) return `frame ${this.#part} says MORE=${more}`;
    writeFrame(expected, this.#number, this.#part);
    for (let i = 0; i < FRAME_SIZE; i++) {
      if (bytes[start + i] !== expected[i]) {
        return `octet ${i} of frame ${this.#part} is ${bytes[start + i]}, not ${expected[i]}`;
      }
    }
    return undefined;
  }

  #endMessage() {
    if (this.#fault === undefined) {
      this.right++;
    } else {
      this.wrong++;
      this.complaint ??= `message ${this.#number}: ${this.#fault}`;
    }
    this.#number++;
    this.#part = 0;
    this.#fault = undefined;
  }
}
