/** What applications send: payloads, and messages made of them. RFC 37, "Messages". */

/**
 * Octets that come out of this package: `Uint8Array<ArrayBuffer>` where TypeScript knows that type (5.7 and later),
 * so that `new Blob([payload])` and `crypto.subtle.digest("SHA-256", payload)` compile; plain `Uint8Array` where it
 * does not.
 */
export type Octets = ReturnType<Uint8Array["slice"]>;

/**
 * The body of one frame: octets in any typed array, DataView or ArrayBuffer (a SharedArrayBuffer too), or a string,
 * which travels as UTF-8.
 */
export type Payload = Uint8Array | ArrayBuffer | ArrayBufferView | string;

/** The frames of one message; a lone payload is a message of one frame. */
export type Message = Payload | readonly Payload[];

const utf8 = new TextEncoder();

/** Whether it is memory itself, of this realm or of another (an iframe's, a `vm` context's). */
function isMemory(value: unknown): value is ArrayBuffer {
  const tag = Object.prototype.toString.call(value);
  return tag === "[object ArrayBuffer]" || tag === "[object SharedArrayBuffer]";
}

/**
 * @internal The octets that a caller handed over, as a view of the same memory: a Uint8Array is taken as it is.
 *
 * @param what - What the error calls it: "the chunk", "identity".
 * @throws A TypeError that names what came and what would do.
 */
export function asOctets(value: unknown, what: string): Octets {
  if (value instanceof Uint8Array) return value as Octets;
  if (isMemory(value)) return new Uint8Array(value);
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer as ArrayBuffer, value.byteOffset, value.byteLength);
  return refuse(value, what, "a ");
}

/** @internal The octets of a payload; not a copy where it is octets already. */
export function octets(payload: unknown, what = "a payload"): Octets {
  if (typeof payload === "string") return utf8.encode(payload) as Octets;
  if (payload instanceof Uint8Array) return payload as Octets;
  return isPayload(payload) ? asOctets(payload, what) : refuse(payload, what, "a string, ");
}

/** @internal An owned copy of a payload. */
export function ownOctets(payload: unknown, what?: string): Octets {
  // `slice` of a Buffer is a view of the same memory.
  return typeof payload === "string" ? utf8.encode(payload) : new Uint8Array(octets(payload, what));
}

function isPayload(value: unknown): value is Payload {
  return typeof value === "string" || value instanceof Uint8Array || ArrayBuffer.isView(value) || isMemory(value);
}

/** @internal A payload in one of the two shapes that the rest of the package knows. */
export type Body = Octets | string;

/** @internal The frames of a message; throws a TypeError on a message without any, and on what is no payload. */
export function framesOf(message: Message): readonly Body[] {
  if (isPayload(message)) return [bodyOf(message)];
  if (!Array.isArray(message)) refuse(message, "a message", "an array of payloads, a string, ");
  const frames: readonly Payload[] = message;
  if (frames.length === 0) throw new TypeError("a message has no frames; an array of at least one payload would do");
  return frames.every(isBody) ? frames : frames.map((frame, i) => bodyOf(frame, `frame ${i} of a message`));
}

function isBody(value: unknown): value is Body {
  return typeof value === "string" || value instanceof Uint8Array;
}

function bodyOf(payload: Payload, what?: string): Body {
  return typeof payload === "string" ? payload : octets(payload, what);
}

function refuse(value: unknown, what: string, others: string): never {
  throw new TypeError(
    `${what} is ${described(value)}; ${others}Uint8Array, ArrayBuffer, DataView or typed array would do`,
  );
}

/** A value as an error names it: what kind of thing it is, and a short look at it. */
function described(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (typeof value === "string") return "a string";
  if (typeof value === "object") return `an object (${value.constructor?.name ?? "without a prototype"})`;
  return `a ${typeof value} (${String(value).slice(0, 40)})`;
}
