/** Metadata: the properties peers tell each other. RFC 37, "The NULL Security Mechanism" and "Connection Metadata". */
import { type Octets, octets, type Payload } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { MAX_PROPERTIES } from "./limits.js";
import { joined } from "./octets.js";

const NAME = /^[A-Za-z0-9\-_.+]{1,255}$/;
const VALUE_SIZE = 4;

/** Names that most peers send. All sessions share these strings: an idle session is to be small. */
const COMMON: readonly string[] = ["Socket-Type", "Identity"];

/** Up to here names are compared one by one. Most peers have three properties, and an index costs memory. */
const FEW = 8;

/** Properties by name. Names keep the case they were first given in and are found in any. */
export class Metadata extends Map<string, Uint8Array> {
  /** Names as they were given, by their lower case. */
  #index: Map<string, string> | undefined;

  /** @param properties - What it holds at first; default nothing. Values are kept as they are, not copied. */
  constructor(properties: Iterable<readonly [string, Uint8Array]> = []) {
    super();
    for (const [name, value] of properties) this.set(name, value);
  }

  override get(name: string): Uint8Array | undefined {
    return super.get(this.#asGiven(name));
  }

  override has(name: string): boolean {
    return super.has(this.#asGiven(name));
  }

  override set(name: string, value: Uint8Array): this {
    const given = this.#asGiven(name);
    super.set(given, value);
    this.#index?.set(given.toLowerCase(), given);
    return this;
  }

  override delete(name: string): boolean {
    const given = this.#asGiven(name);
    this.#index?.delete(given.toLowerCase());
    return super.delete(given);
  }

  override clear(): void {
    this.#index = undefined;
    super.clear();
  }

  #asGiven(name: string): string {
    const wanted = name.toLowerCase();
    if (this.size > FEW) {
      this.#index ??= new Map(Array.from(this.keys(), (given) => [given.toLowerCase(), given]));
      return this.#index.get(wanted) ?? name;
    }
    for (const given of this.keys()) if (given.toLowerCase() === wanted) return given;
    return name;
  }
}

/**
 * Properties as they stand in READY and its like; owned.
 *
 * @throws A TypeError for a name that the RFC does not allow or that stands twice, or a value that is no payload.
 */
export function encodeMetadata(properties: Iterable<readonly [string, Payload]>): Octets {
  return joined(
    checkedEntries(properties).flatMap(([name, value]) => [
      Uint8Array.of(name.length),
      octets(name),
      lengthOf(value),
      value,
    ]),
  );
}

/** Four octets, the most significant first. */
function lengthOf({ length }: Uint8Array): Uint8Array {
  return Uint8Array.of(length >>> 24, length >>> 16, length >>> 8, length);
}

function checkedEntries(properties: Iterable<readonly [string, unknown]>): [string, Uint8Array][] {
  const seen = new Set<string>();
  return Array.from(properties, ([name, value]) => {
    if (typeof name !== "string" || !NAME.test(name)) {
      throw new TypeError(
        `${JSON.stringify(name)} is not the name of a property: 1 to 255 letters, digits, or any of - _ . +`,
      );
    }
    if (seen.has(name.toLowerCase())) throw new TypeError(`the property ${name} stands twice`);
    seen.add(name.toLowerCase());
    return [name, octets(value, `the property ${name}`)];
  });
}

/**
 * Reads properties out of a command. No size is believed before it is held against what is there.
 *
 * @param data - The properties, to the last octet.
 * @param position - Where they begin in the stream, for the offsets of errors; default 0.
 * @returns The properties, each value owned.
 * @throws {@link ZmtpError} MALFORMED_METADATA, DUPLICATE_PROPERTY or TOO_MANY_PROPERTIES
 */
export function parseMetadata(data: Uint8Array, position = 0): Metadata {
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
    if (metadata.size === MAX_PROPERTIES) {
      throw new ZmtpError("TOO_MANY_PROPERTIES", `The peer's metadata has more than ${MAX_PROPERTIES} properties`, {
        offset: position + at,
      });
    }
    const valueStart = nameEnd + VALUE_SIZE;
    if (valueStart > data.length) throw malformed(`the property ${name} has no value`, position + nameEnd);
    const size = view.getUint32(nameEnd);
    if (size > data.length - valueStart) {
      const left = data.length - valueStart;
      throw malformed(`the property ${name} claims ${size} octets where ${left} are left`, position + nameEnd);
    }
    metadata.set(
      COMMON.find((common) => common === name) ?? name,
      new Uint8Array(data.subarray(valueStart, valueStart + size)),
    );
    at = valueStart + size;
  }
  return metadata;
}

function malformed(what: string, offset: number): ZmtpError {
  return new ZmtpError("MALFORMED_METADATA", `In the peer's metadata ${what}`, { offset });
}
