/** What applications send: payloads, and messages made of them. RFC 37, "Messages". */

/** The body of one frame. A string travels as UTF-8. */
export type Payload = Uint8Array | string;

/** The frames of one message; a lone payload is a message of one frame. */
export type Message = Payload | readonly Payload[];

const utf8 = new TextEncoder();

/** @internal The octets of a payload; not a copy where it is octets already. */
export function octets(payload: Payload): Uint8Array {
  return typeof payload === "string" ? utf8.encode(payload) : payload;
}

/** @internal An owned copy of a payload. */
export function ownOctets(payload: Payload): Uint8Array {
  return typeof payload === "string" ? utf8.encode(payload) : payload.slice();
}

function isPayload(value: unknown): value is Payload {
  return typeof value === "string" || value instanceof Uint8Array;
}

/** @internal The frames of a message; throws a TypeError on a message without any. */
export function framesOf(message: Message): readonly Payload[] {
  if (isPayload(message)) return [message];
  if (!Array.isArray(message) || message.length === 0)
    throw new TypeError("a message is a payload, or an array of at least one");
  if (!message.every(isPayload)) throw new TypeError("a payload is a Uint8Array or a string");
  return message;
}

/** @internal */
export function asOctets(value: Payload, what: string): Uint8Array {
  if (value instanceof Uint8Array) return value;
  throw new TypeError(what);
}
