/** Streams with structure: frames that are right, frames that are almost right, and octets that are nothing. */
import { ascii, writeCommand, writeProperty } from "../oracle/command.js";
import { type PlainRole, USERNAME, WANTED, writeHello } from "../oracle/plain.js";
import { LEGAL_PEERS } from "../oracle/session.js";
import { noise, POOL, type Random } from "./random.js";

/** A buffer that octets are written behind one another in. */
export class Writer {
  #octets = new Uint8Array(1 << 16);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  put(octets: Uint8Array): void {
    this.#room(octets.length);
    this.#octets.set(octets, this.#length);
    this.#length += octets.length;
  }

  byte(octet: number): void {
    this.#room(1);
    this.#octets[this.#length++] = octet;
  }

  /** What was written from `at` on. */
  from(at: number): Uint8Array {
    return this.#octets.slice(at, this.#length);
  }

  flip(at: number, bits: number): void {
    this.#octets[at] ^= bits;
  }

  header(flags: number, length: number): void {
    this.byte(flags);
    const digits = flags & 2 ? 8 : 1;
    for (let digit = digits - 1; digit >= 0; digit--) this.byte(Math.floor(length / 256 ** digit) % 256);
  }

  /** What was written; the writer begins anew. */
  done(): Uint8Array {
    const octets = this.#octets.slice(0, this.#length);
    this.#length = 0;
    return octets;
  }

  #room(count: number): void {
    if (this.#length + count <= this.#octets.length) return;
    const larger = new Uint8Array(2 * (this.#length + count));
    larger.set(this.#octets.subarray(0, this.#length));
    this.#octets = larger;
  }
}

const out = new Writer();

/** Lengths at which something changes: nothing, the vector's width, the short header's end, the next octet of a length. */
const EDGES = [0, 1, 2, 15, 16, 17, 31, 32, 64, 253, 254, 255, 256, 257, 258, 511, 512];

function payloadSize(random: Random, limit: number): number {
  const kind = random.below(16);
  if (kind < 6) return random.below(20);
  if (kind < 11) return random.pick(EDGES);
  if (kind < 12) return Math.max(0, Math.min(limit, 4000) + random.between(-2, 2));
  if (kind < 15) return random.below(300);
  return random.below(1500);
}

function messageFlags(random: Random, length: number): number {
  const more = random.once(3) ? 1 : 0;
  return more | (length > 255 || random.once(8) ? 2 : 0);
}

function frame(random: Random, flags: number, length: number): void {
  out.header(flags, length);
  out.put(noise(random, length));
}

/**
 * Equal headers in a row, each payload another; now and then one differs in MORE alone, or the payloads look like headers themselves: whoever
 * guesses where the next header lies is to be led astray. Then perhaps a frame that differs in one thing only.
 */
function run(random: Random, limit: number): void {
  const length = payloadSize(random, limit);
  const flags = messageFlags(random, length);
  const count = random.pick([2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 17, 40]);
  const breaks = random.once(3) ? random.below(count) : -1;
  const disguised = random.once(6);
  for (let i = 0; i < count && out.length < 1 << 15; i++) {
    const at = out.length;
    const own = i === breaks ? flags ^ 1 : flags;
    if (disguised) disguise(own, length);
    else frame(random, own, length);
    // Or in any bit of its header: a fault that a guess must not pass over.
    if (i === breaks && random.once(3)) out.flip(at + random.below(flags & 2 ? 9 : 2), 1 << random.below(8));
  }
  const near = random.below(5);
  if (near === 0) frame(random, flags ^ 1, length);
  else if (near === 1) frame(random, length === 255 && !(flags & 2) ? flags | 2 : flags, length + 1);
  else if (near === 2) {
    frame(random, length <= 256 && length > 0 && flags & 2 ? flags & 1 : flags, Math.max(0, length - 1));
  } else if (near === 3) frame(random, flags | 2, length);
}

/** A frame whose payload repeats its own header. */
function disguise(flags: number, length: number): void {
  const at = out.length;
  out.header(flags, length);
  const header = out.from(at);
  for (let i = 0; i < length; i++) out.byte(header[i % header.length]);
}

const NAMES = ["PING", "PONG", "SUBSCRIBE", "CANCEL", "JOIN", "LEAVE", "READY", "ERROR", "MESSAGE", "a", "Zz"];

function command(random: Random): void {
  const kind = random.below(8);
  if (kind === 0) frame(random, random.once(2) ? 4 : 6, payloadSize(random, 300));
  else {
    const name = kind < 5 ? random.pick(NAMES.slice(0, 6)) : random.pick(NAMES);
    const size = name === "PING" ? random.pick([0, 1, 2, 3, 10, 17, 18, 18, 19, 40]) : payloadSize(random, 300);
    out.put(writeCommand(name, noise(random, size)));
  }
}

/** A header that claims what no octets follow. */
function claim(random: Random): void {
  const flags = random.pick([0, 1, 2, 3, 4, 6]) | (random.once(6) ? random.pick([5, 8, 16, 32, 64, 128, 255]) : 0);
  if (flags & 2) {
    const high = random.pick([0, 0, 0, 1, 0x7fffffff, 0x80000000, 0xffffffff]);
    const low = random.pick([0, 255, 256, 4000, 0x7fffffff, 0x80000000, 0xffffffff, 67108864, 67108865]);
    out.byte(flags);
    for (const word of [high, low]) for (const shift of [24, 16, 8, 0]) out.byte((word >>> shift) & 255);
  } else {
    out.byte(flags);
    out.byte(random.below(256));
  }
  out.put(noise(random, random.below(12)));
}

function frames(random: Random, limit: number, commands: number): void {
  const count = random.below(10);
  for (let i = 0; i < count; i++) {
    const kind = random.below(10);
    if (kind < commands) command(random);
    else if (kind < 6) run(random, limit);
    else {
      const length = payloadSize(random, limit);
      frame(random, messageFlags(random, length), length);
    }
  }
}

/** Spoils a few octets, most often near each other's flags and lengths. */
function mutate(random: Random, stream: Uint8Array): void {
  if (stream.length === 0) return;
  for (let times = random.pick([1, 1, 1, 2, 4]); times > 0; times--) {
    const at = random.below(stream.length);
    stream[at] = random.once(2)
      ? stream[at] ^ (1 << random.below(8))
      : random.pick([0, 1, 2, 3, 4, 5, 6, 8, 127, 128, 255]);
  }
}

/** Frames as they follow the greeting. */
export function frameStream(random: Random, limit: number): Uint8Array {
  const kind = random.below(20);
  if (kind === 0) return noise(random, random.below(60)).slice();
  frames(random, limit, kind < 12 ? 1 : 4);
  if (random.once(4)) claim(random);
  const stream = out.done();
  if (kind > 14) mutate(random, stream);
  return stream;
}

/** Megabytes whose frames come to lie across each region's boundary. `edges` are offsets where something begins or ends. */
export function largeStream(random: Random, edges: readonly number[]): Uint8Array {
  const goal = random.pick(edges) + random.between(-12, 12);
  const filler = random.pick([0, 1, 16, 64, 255, 256, 1000, 9000, 65535]);
  // All alike, or in turns with another size: equal headers are read in another way than others.
  const fillers = random.once(2) ? [filler] : [filler, random.pick([0, 1, 30, 300])];
  const wide = random.once(3);
  for (let i = 0; out.length + filler + 9 < goal; i++) {
    const length = fillers[i % fillers.length];
    out.header(wide || length > 255 ? 2 : 0, length);
    const at = (out.length * 7919) % (POOL.length - length);
    out.put(POOL.subarray(at, at + length));
  }
  for (let i = random.below(4); i > 0; i--) {
    const length = random.once(3) ? random.pick(edges) + random.between(-12, 12) : payloadSize(random, 1000);
    frame(random, messageFlags(random, length) | (length > 255 ? 2 : 0), Math.max(0, length));
    run(random, 300);
  }
  if (random.once(3)) frame(random, 6, random.pick(edges) + random.between(-2, 2));
  frames(random, 1000, 2);
  return out.done();
}

/** About so many small frames: equal ones, or in turns, short or long. */
export function manyFrames(random: Random, about: number): Uint8Array {
  const count = about + random.pick([random.between(-7, 7), random.below(400)]);
  const lengths = random.once(2) ? [random.below(4)] : [random.below(4), random.below(4), 1];
  const flags = random.once(2) ? 0 : 2;
  for (let i = 0; i < count; i++) frame(random, flags, lengths[i % lengths.length]);
  return out.done();
}

/** Its peer's side of a conversation with a socket of type `ours`; with `plain` we are that side of PLAIN. */
export function conversation(random: Random, ours: string, plain?: PlainRole): Uint8Array {
  const greeting = new Uint8Array(64);
  greeting.set([0xff, 0, 0, 0, 0, 0, 0, 0, 1, 0x7f, 3, random.below(3)]);
  greeting.set(ascii(plain === undefined ? "NULL" : "PLAIN"), 12);
  // A peer that should not be a server is one now and then; one that is need not say so.
  if (plain !== undefined) greeting[32] = random.once(plain === "client" ? 2 : 16) ? 1 : 0;
  if (random.once(8)) greeting.set(noise(random, 8), 1);
  if (random.once(8)) greeting.set(noise(random, 31), 33);
  if (random.once(12)) mutate(random, greeting.subarray(0, 33));
  out.put(greeting);
  if (plain === undefined) handshake(random, ours);
  else plainHandshake(random, ours, plain);
  const subscriber = ours.endsWith("PUB") && random.once(2);
  for (let i = subscriber ? random.below(6) : 0; i > 0; i--) {
    const prefix = noise(random, random.pick([0, 1, 3, 254, 255, 300]));
    if (random.once(2)) out.put(writeCommand(random.pick(["SUBSCRIBE", "CANCEL"]), prefix));
    else {
      const more = random.once(5) ? 1 : 0;
      out.header(more | (prefix.length > 254 ? 2 : 0), prefix.length + 1);
      out.byte(random.below(3));
      out.put(prefix);
    }
  }
  frames(random, 1000, 4);
  if (random.once(8)) claim(random);
  const stream = out.done();
  if (random.once(6)) mutate(random, stream.subarray(64));
  return random.once(12) ? stream.slice(0, random.below(stream.length)) : stream;
}

const TYPES = Object.keys(LEGAL_PEERS);

function handshake(random: Random, ours: string): void {
  const kind = random.below(24);
  if (kind === 0) out.put(writeCommand("ERROR", Uint8Array.of(3), ascii("400")));
  else if (kind === 1) out.put(writeCommand("ERROR", noise(random, random.below(9))));
  else if (kind === 2) command(random);
  else ready(random, ours);
}

/** The two commands of the other side of PLAIN; now and then one too few, one too many, or another. */
function plainHandshake(random: Random, ours: string, plain: PlainRole): void {
  const [first, second] = WANTED[plain];
  if (random.once(20)) handshake(random, ours);
  if (!random.once(30)) plainFirst(random, first);
  if (random.once(30)) plainFirst(random, first);
  if (random.once(30)) handshake(random, ours);
  if (!random.once(30)) ready(random, ours, random.once(30) ? random.pick(["READY", "INITIATE"]) : second);
}

function plainFirst(random: Random, name: string): void {
  const kind = random.below(12);
  if (kind === 0) out.put(writeCommand(name, noise(random, random.below(20))));
  else if (name === "WELCOME") out.put(writeCommand(name));
  else if (kind === 1) out.put(writeHello(random.pick(["", USERNAME, "a".repeat(255)]), random.pick(["", "Secret"])));
  else if (kind === 2) {
    const hello = writeHello();
    mutate(random, hello.subarray(8));
    out.put(hello);
  } else if (kind === 3) out.put(writeCommand(name, writeHello().subarray(8), noise(random, 1 + random.below(3))));
  else out.put(writeHello());
}

function ready(random: Random, ours: string, name = "READY"): void {
  const theirs = random.once(8)
    ? random.pick([...TYPES, "", "NONE", "dealer", "toString"])
    : random.pick(LEGAL_PEERS[ours]);
  const properties = [writeProperty(random.once(6) ? "SOCKET-type" : "Socket-Type", ascii(theirs))];
  if (random.once(2)) {
    properties.push(writeProperty("Identity", noise(random, random.pick([0, 1, 5, 255, 256]))));
  }
  if (random.once(3)) properties.push(writeProperty("X-Note", noise(random, random.below(40))));
  if (random.once(20)) properties.push(writeProperty("x-note", noise(random, 2)));
  if (random.once(20))
    properties.push(writeProperty(random.pick(["bad name", "", "é", "a".repeat(255)]), noise(random, 3)));
  if (random.once(4)) properties.reverse();
  if (random.once(16)) properties.push(noise(random, random.below(12)));
  if (random.once(20)) properties.push(writeProperty("user-ID", ascii("root")));
  out.put(writeCommand(name, ...properties));
}
