/** Metadata: the properties peers tell each other. RFC 37, "The NULL Security Mechanism" and "Connection Metadata". */
import { octets, type Payload } from "../codec/payload.js";
import { ZmtpError } from "../error.js";

const NAME = /^[A-Za-z0-9\-_.+]{1,255}$/;
const VALUE_SIZE = 4;

/** A peer's properties by name. Names keep the case the peer gave them and are found in any. Values are owned. */
export class Metadata extends Map<string, Uint8Array> {
  override get(name: string): Uint8Array | undefined {
    return super.get(this.#known(name));
  }

  override has(name: string): boolean {
    return super.has(this.#known(name));
  }

  /** The name as the peer gave it. There are few, and they are asked for once. */
  #known(name: string): string {
    const wanted = name.toLowerCase();
    for (const known of this.keys()) if (known.toLowerCase() === wanted) return known;
    return name;
  }
}

/** @internal Properties as they stand in READY; owned. Throws a TypeError for a name that the RFC does not allow. */
export function encodeMetadata(properties: Iterable<readonly [string, Payload]>): Uint8Array {
  const parts: number[] = [];
  const seen = new Set<string>();
  for (const [name, value] of properties) {
    if (!NAME.test(name)) throw new TypeError(`${JSON.stringify(name)} is not the name of a property`);
    if (seen.has(name.toLowerCase())) throw new TypeError(`the property ${name} stands twice`);
    seen.add(name.toLowerCase());
    const bytes = octets(value);
    const { length } = bytes;
    parts.push(name.length, ...octets(name), length >>> 24, (length >>> 16) & 255, (length >>> 8) & 255, length & 255);
    for (const octet of bytes) parts.push(octet);
  }
  return Uint8Array.from(parts);
}

/** @internal Reads properties out of a command; no size is believed before it is held against what is there. */
export function parseMetadata(data: Uint8Array, position: number): Metadata {
  const metadata = new Metadata();
  const view = new DataView(data.buffer, data.byteOffset, data.length);
  let at = 0;
  while (at < data.length) {
    const nameEnd = at + 1 + data[at];
    const name = String.fromCharCode(...data.subarray(at + 1, nameEnd));
    if (nameEnd > data.length || !NAME.test(name)) throw malformed("a property has no valid name", position + at);
    if (metadata.has(name)) {
      throw new ZmtpError("DUPLICATE_PROPERTY", `The property ${name} stands twice`, { offset: position + at });
    }
    const valueStart = nameEnd + VALUE_SIZE;
    if (valueStart > data.length) throw malformed(`the property ${name} has no value`, position + nameEnd);
    const size = view.getUint32(nameEnd);
    if (size > data.length - valueStart) {
      const left = data.length - valueStart;
      throw malformed(`the property ${name} claims ${size} octets where ${left} are left`, position + nameEnd);
    }
    metadata.set(name, data.slice(valueStart, valueStart + size));
    at = valueStart + size;
  }
  return metadata;
}

function malformed(what: string, offset: number): ZmtpError {
  return new ZmtpError("MALFORMED_METADATA", `In the peer's metadata ${what}`, { offset });
}
