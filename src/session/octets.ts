/** Runs of octets put together. */
import type { Octets } from "../codec/payload.js";

/** @internal Several runs of octets as one, owned. */
export function joined(parts: readonly Uint8Array[]): Octets {
  if (parts.length === 1) return parts[0] as Octets;
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
