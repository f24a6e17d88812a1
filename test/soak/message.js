/** Messages that tell whose they are, which, and whether any octet of them has changed on the way. */
import { crc32 } from "node:zlib";

const HEAD = 12;

/** Octets without a pattern: two places in it never look alike. */
const POOL = Buffer.alloc(1 << 21);
let state = 0x9e3779b9;
for (let i = 0; i < POOL.length; i += 4) {
  state ^= state << 13;
  state ^= state >>> 17;
  state ^= state << 5;
  POOL.writeInt32LE(state, i);
}

/** Mostly small, at times more than a read of a socket takes, seldom large. */
function size() {
  const chance = Math.random();
  if (chance < 0.8) return Math.floor(Math.random() * 300);
  if (chance < 0.97) return Math.floor(Math.random() * 9000);
  if (chance < 0.999) return Math.floor(Math.random() * 120_000);
  return Math.floor(Math.random() * 1_500_000);
}

const part = () => {
  const length = size();
  const from = Math.floor(Math.random() * (POOL.length - length));
  return POOL.subarray(from, from + length);
};

const checksum = (frames, seed) =>
  frames.reduce((sum, frame) => {
    const known = crc32(`${frame.length}`, sum);
    // Nothing at all may lie nowhere at all in memory, and then zlib begins anew.
    return frame.length === 0 ? known : crc32(frame, known);
  }, seed);

/** `topic`, then a head of stream, number and checksum, then one part to three. */
export function makeMessage(topic, stream, number) {
  const parts = Array.from({ length: 1 + Math.floor(Math.random() ** 3 * 3) }, part);
  const head = Buffer.alloc(HEAD);
  head.writeUInt32LE(stream, 0);
  head.writeUInt32LE(number, 4);
  head.writeUInt32LE(checksum([topic, ...parts], crc32(head.subarray(0, 8))), 8);
  return [topic, head, ...parts];
}

/** Whose it is and which; throws if it is not as it was made. */
export function readMessage([topic, head, ...parts]) {
  if (head?.length !== HEAD) throw new Error("a message without its head");
  const sum = head.readUInt32LE(8);
  if (checksum([topic, ...parts], crc32(head.subarray(0, 8))) !== sum) {
    throw new Error(`message ${head.readUInt32LE(4)} of stream ${head.readUInt32LE(0)} has changed on the way`);
  }
  return { stream: head.readUInt32LE(0), number: head.readUInt32LE(4), sum };
}
