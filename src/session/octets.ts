/** Whatever a caller may give as octets: a string, a buffer, or a view of one. */

const utf8 = new TextEncoder();

/** @internal The octets of a value, as a view where it is octets already; `what` names it in the TypeError. */
export function octetsOf(value: unknown, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  if (typeof value === "string") return utf8.encode(value);
  if (value instanceof ArrayBuffer) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  const given = value === null ? "null" : Array.isArray(value) ? "an array" : `a ${typeof value}`;
  throw new TypeError(
    `${what} is octets or a string, not ${given}: give a Uint8Array, an ArrayBuffer, a view or a string`,
  );
}

/** @internal An owned copy of the same. */
export function ownOctetsOf(value: unknown, what: string): Uint8Array {
  const octets = octetsOf(value, what);
  // `slice` of a Buffer is a view of the same memory.
  return typeof value === "string" ? octets : new Uint8Array(octets);
}

/** @internal Several runs of octets as one, owned. */
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  let size = 0;
  for (const { length } of parts) size += length;
  const out = new Uint8Array(size);
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
