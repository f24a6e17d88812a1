/** A recording of connections: a magic, then records of who sent which octets when. Format: docs/recordings.md. */

/** Who sent it; "client" is who dialled. */
export type Side = "client" | "server";

/** Whose octets are taken to be that come without a word of who sent them. */
export const RAW_SIDE: Side = "client";

/** One record: octets that one side sent, or, without octets, its end. */
export interface Recorded {
  /** Milliseconds since 1970, with fractions. */
  readonly time: number;
  /** 0 is the first that was recorded. */
  readonly connection: number;
  readonly side: Side;
  /** Undefined: this side has ended. */
  readonly octets: Uint8Array | undefined;
  /** Octets in front of these that a capture has lost; left out: none. A recording has no gaps. */
  readonly missing?: number;
}

/** How a recording begins; the digit is the version. */
export const RECORDING_MAGIC: Uint8Array = new TextEncoder().encode("monocoque-tap-1\n");

/** Whether these octets begin as a recording does. */
export function isRecording(octets: Uint8Array): boolean {
  return RECORDING_MAGIC.every((octet, i) => octets[i] === octet);
}

/** Octets in front of each record's own: time, connection, side, kind, two of zero, length. Big-endian. */
export const RECORD_HEADER = 20;
const CONNECTION = 8;
const SIDE = 12;
const KIND = 13;
const LENGTH = 16;
const OCTETS = 0;
const END = 1;

/** Octets of a record at most: a length is a claim. */
const LONGEST = 64 * 1024 * 1024;

/** The header of a record; its octets follow as they are. */
export function recordHeader({ time, connection, side, octets }: Recorded): Uint8Array {
  const header = new DataView(new ArrayBuffer(RECORD_HEADER));
  header.setFloat64(0, time);
  header.setUint32(CONNECTION, connection);
  header.setUint8(SIDE, side === "client" ? 0 : 1);
  header.setUint8(KIND, octets === undefined ? END : OCTETS);
  header.setUint32(LENGTH, octets?.length ?? 0);
  return new Uint8Array(header.buffer);
}

/** Reads a recording, cut anywhere. What it holds is bounded by the longest record. */
export class RecordingReader {
  #held: Uint8Array = new Uint8Array(0);
  #begun = false;

  /** Octets that are held for a record that is not complete. */
  get unfinished(): number {
    return this.#held.length;
  }

  /** The records that this piece completes; their octets are owned. Throws an Error for what is no recording. */
  push(piece: Uint8Array): Recorded[] {
    const octets = new Uint8Array(this.#held.length + piece.length);
    octets.set(this.#held);
    octets.set(piece, this.#held.length);
    let at = this.#begun ? 0 : this.#readMagic(octets);
    const found: Recorded[] = [];
    const view = new DataView(octets.buffer);
    while (this.#begun && octets.length - at >= RECORD_HEADER) {
      const length = view.getUint32(at + LENGTH);
      const side = view.getUint8(at + SIDE);
      const kind = view.getUint8(at + KIND);
      if (length > LONGEST || side > 1 || kind > 1)
        throw new Error("the recording is damaged: a record's header is none");
      const body = at + RECORD_HEADER;
      if (octets.length - body < length) break;
      found.push({
        time: view.getFloat64(at),
        connection: view.getUint32(at + CONNECTION),
        side: side === 0 ? "client" : "server",
        octets: kind === END ? undefined : octets.subarray(body, body + length),
      });
      at = body + length;
    }
    this.#held = octets.slice(at);
    return found;
  }

  /** How many octets the magic took: all of them, or none as long as it is not complete. */
  #readMagic(octets: Uint8Array): number {
    const seen = Math.min(octets.length, RECORDING_MAGIC.length);
    for (let i = 0; i < seen; i++) {
      if (octets[i] !== RECORDING_MAGIC[i]) throw new Error("this is no recording of monocoque tap");
    }
    this.#begun = seen === RECORDING_MAGIC.length;
    return this.#begun ? seen : 0;
  }
}
