/** Captures, pcap and pcapng, as records of TCP connections. No RFC of ZeroMQ: formats of libpcap and Wireshark. */
import { packetOf } from "./packet.js";
import type { Recorded } from "./recording.js";
import { Streams } from "./tcp.js";

/** One captured packet: where it begins in link terms, when, and what was kept of it. */
interface Captured {
  readonly link: number;
  readonly time: number;
  readonly octets: Uint8Array;
}

const SECTION = 0x0a0d0d0a;
const ORDER = 0x1a2b3c4d;
const INTERFACE = 1;
const ENHANCED = 6;
/** The option of an interface that says what its clock counts in. */
const RESOLUTION = 9;

/** Whether octets begin as a capture does; four of them are enough. */
export function isPcap(octets: Uint8Array): boolean {
  if (octets.length < 4) return false;
  const first = new DataView(octets.buffer, octets.byteOffset).getUint32(0);
  return first === SECTION || magicOf(first) !== undefined;
}

/**
 * All TCP connections of a capture, ZMTP or not, in the order in which their octets became complete. A side of which
 * the capture does not show the SYN begins with its first segment in it. Octets that the capture lost are counted in
 * `missing` of the record behind them. IP fragments are not put together: their octets count as lost.
 *
 * @throws An Error for what is no capture, or one that is damaged or breaks off: after all that came before.
 */
export function* readPcap(octets: Uint8Array): Generator<Recorded, void> {
  if (!isPcap(octets)) throw new Error("this is no pcap and no pcapng");
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  const streams = new Streams();
  let last = 0;
  try {
    for (const { link, time, octets: frame } of view.getUint32(0) === SECTION ? pcapng(view) : pcap(view)) {
      const segment = packetOf(link, frame);
      last = time;
      if (segment !== undefined) yield* streams.add(segment, time);
    }
  } catch (error) {
    yield* streams.end(last);
    throw error;
  }
  yield* streams.end(last);
}

/** What pcap's magic number says: its byte order, and what a millisecond is divided into. */
function magicOf(first: number): readonly [little: boolean, perMilli: number] | undefined {
  if (first === 0xa1b2c3d4) return [false, 1000];
  if (first === 0xd4c3b2a1) return [true, 1000];
  if (first === 0xa1b23c4d) return [false, 1_000_000];
  return first === 0x4d3cb2a1 ? [true, 1_000_000] : undefined;
}

function octetsAt(view: DataView, at: number, length: number): Uint8Array {
  if (at + length > view.byteLength) throw new Error("the capture breaks off inside a packet");
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}

function* pcap(view: DataView): Generator<Captured, void> {
  const [little, perMilli] = magicOf(view.getUint32(0)) ?? [false, 1000];
  if (view.byteLength < 24) throw new Error("the capture breaks off inside its header");
  const link = view.getUint32(20, little) & 0xffff;
  for (let at = 24; at < view.byteLength; ) {
    if (at + 16 > view.byteLength) throw new Error("the capture breaks off inside a packet's header");
    const time = view.getUint32(at, little) * 1000 + view.getUint32(at + 4, little) / perMilli;
    const length = view.getUint32(at + 8, little);
    yield { link, time, octets: octetsAt(view, at + 16, length) };
    at += 16 + length;
  }
}

/** One interface of a pcapng section: its link, and how many of its ticks make a millisecond. */
interface Interface {
  readonly link: number;
  readonly perMilli: number;
}

function* pcapng(view: DataView): Generator<Captured, void> {
  let little = false;
  let interfaces: Interface[] = [];
  for (let at = 0; at < view.byteLength; ) {
    if (at + 12 > view.byteLength) throw new Error("the capture breaks off inside a block");
    if (view.getUint32(at) === SECTION) {
      little = view.getUint32(at + 8) !== ORDER;
      interfaces = [];
    }
    const type = view.getUint32(at, little);
    const length = view.getUint32(at + 4, little);
    if (length < 12 || length % 4 !== 0 || at + length > view.byteLength) {
      throw new Error(`the capture is damaged, or breaks off: the block at octet ${at} claims ${length} octets`);
    }
    if (type === INTERFACE && length >= 20) interfaces.push(interfaceAt(view, at, length, little));
    if (type === ENHANCED && length >= 32) {
      const { link, perMilli } = interfaces[view.getUint32(at + 8, little)] ?? { link: -1, perMilli: 1000 };
      const ticks = view.getUint32(at + 12, little) * 2 ** 32 + view.getUint32(at + 16, little);
      const kept = Math.min(view.getUint32(at + 20, little), length - 32);
      yield { link, time: ticks / perMilli, octets: octetsAt(view, at + 28, kept) };
    }
    at += length;
  }
}

function interfaceAt(view: DataView, at: number, length: number, little: boolean): Interface {
  const link = view.getUint16(at + 8, little);
  let perMilli = 1000;
  for (let option = at + 16; option + 4 <= at + length - 4; ) {
    const size = view.getUint16(option + 2, little);
    if (view.getUint16(option, little) === RESOLUTION && size === 1) {
      const exponent = view.getUint8(option + 4);
      perMilli = (exponent & 0x80 ? 2 ** (exponent & 0x7f) : 10 ** exponent) / 1000;
    }
    option += 4 + Math.ceil(size / 4) * 4;
  }
  return { link, perMilli };
}
