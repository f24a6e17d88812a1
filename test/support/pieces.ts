/** Cutting streams into chunks, and collecting what comes of them. */
import type { Frame, FrameBatch, FrameDecoder, SessionEvent, ZmtpError, ZmtpSession } from "../../src/index.js";

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

export const bytes = (...octets: readonly number[]): Uint8Array => Uint8Array.from(octets);
export const text = (octets: Uint8Array): string => new TextDecoder().decode(octets);
export const ascii = (string: string): Uint8Array => new TextEncoder().encode(string);

/** Octets that differ at each position, so that a misplaced copy shows. */
export function pattern(length: number, seed = 1): Uint8Array {
  const out = new Uint8Array(length);
  for (let i = 0, x = seed; i < length; i++) {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff;
    out[i] = x >>> 16;
  }
  return out;
}

/** Equality without a matcher's cost on megabytes. */
export function same(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

/** The stream in chunks of the sizes given, over and over. */
export function* cut(stream: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let at = 0;
  for (let i = 0; at < stream.length; i++) {
    const end = at + (sizes[i % sizes.length] ?? stream.length);
    yield stream.subarray(at, end);
    at = end;
  }
}

export interface Decoded {
  readonly frames: Frame[];
  readonly error: Pick<ZmtpError, "code" | "offset"> | undefined;
}

/** Whether frames are alike; `expect` would look at each octet at a hundred times the price. */
export function alike(some: readonly Frame[], others: readonly Frame[]): boolean {
  if (some.length !== others.length) return false;
  return some.every(({ payload, more, command }, i) => {
    const other = others[i];
    return more === other.more && command === other.command && same(payload, other.payload);
  });
}

export function ownFrames(batch: FrameBatch): Frame[] {
  return Array.from(batch, (frame) => ({ ...frame, payload: frame.payload.slice() }));
}

/** Feeds chunks from one buffer that is overwritten in between, as a socket's would be. */
export function decodeAll(decoder: FrameDecoder, chunks: Iterable<Uint8Array>): Decoded {
  const frames: Frame[] = [];
  let buffer = new Uint8Array(0);
  try {
    for (const chunk of chunks) {
      if (buffer.length < chunk.length) buffer = new Uint8Array(chunk.length);
      buffer.set(chunk);
      for (const batch of decoder.push(buffer.subarray(0, chunk.length))) frames.push(...ownFrames(batch));
      buffer.fill(0xee);
    }
  } catch (error) {
    const { code, offset } = error as ZmtpError;
    return { frames, error: { code, offset: offset as number } };
  }
  return { frames, error: undefined };
}

export function receiveAll(session: ZmtpSession, chunks: Iterable<Uint8Array>): SessionEvent[] {
  const events: SessionEvent[] = [];
  for (const chunk of chunks) events.push(...session.receive(chunk.slice()));
  return events;
}

/** An event as plain data that compares: errors by code and offset. */
export function plain(event: SessionEvent): unknown {
  if (event.type === "Error") return { type: "Error", code: event.error.code, offset: event.error.offset };
  if (event.type !== "HandshakeComplete") return event;
  const { metadata, ...rest } = event.peer;
  return { type: event.type, peer: rest, metadata: [...metadata] };
}
