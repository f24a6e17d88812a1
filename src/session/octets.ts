/** Runs of octets put together. */
import type { Octets } from "../codec/payload.js";

/** @internal Several runs of octets as one, owned. */
<<<<<<< HEAD
export function joined(parts: readonly Uint8Array[]): Uint8Array {
  if (parts.length === 1) return parts[0];
=======
export function joined(parts: readonly Uint8Array[]): Octets {
>>>>>>> 62e0512f7fbe9db797ef83122fadb6b8460ab501
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
