/** The oracle's commands: RFC 37, "Commands", "The NULL Security Mechanism", "Connection Metadata", "Connection Heartbeating". */
import { type Fault, join, type OracleFrame, writeFrame } from "./framing.js";

export interface OracleCommand {
  readonly name: string;
  /** Where its name begins in the stream, and where its data does. */
  readonly nameAt: number;
  readonly dataAt: number;
  readonly data: Uint8Array;
}

const latin = (octets: Uint8Array) => Array.from(octets, (octet) => String.fromCharCode(octet)).join("");
const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

/** "command-body = command-name command-data; command-name = short-size 1*255command-name-char; command-name-char = ALPHA" */
export function readCommand(stream: Uint8Array, { start, end }: OracleFrame): OracleCommand | Fault {
  const malformed = (offset: number): Fault => ({ code: "MALFORMED_COMMAND", offset });
  if (start === end) return malformed(start);
  const length = stream[start];
  if (length === 0) return malformed(start);
  const nameAt = start + 1;
  const dataAt = nameAt + length;
  if (dataAt > end) return malformed(start);
  for (let at = nameAt; at < dataAt; at++) {
    if (!/^[A-Za-z]$/.test(String.fromCharCode(stream[at]))) return malformed(at);
  }
  return { name: latin(stream.subarray(nameAt, dataAt)), nameAt, dataAt, data: stream.subarray(dataAt, end) };
}

export function writeCommand(name: string, ...data: readonly Uint8Array[]): Uint8Array {
  return writeFrame(join(Uint8Array.of(name.length), ascii(name), ...data), { command: true });
}

/** A property as it stands in READY. */
export function writeProperty(name: string, value: Uint8Array): Uint8Array {
  const size = Uint8Array.from([3, 2, 1, 0], (digit) => Math.floor(value.length / 256 ** digit) % 256);
  return join(Uint8Array.of(name.length), ascii(name), size, value);
}

export interface OracleProperty {
  readonly name: string;
  readonly value: Uint8Array;
  /** Where in the stream the value begins. */
  readonly valueAt: number;
}

/** "property = name value; name = short-size 1*255name-char; value = 4OCTET *OCTET" */
export function readMetadata({ data, dataAt }: OracleCommand): readonly OracleProperty[] | Fault {
  const properties: OracleProperty[] = [];
  let at = 0;
  while (at < data.length) {
    const nameEnd = at + 1 + data[at];
    const name = latin(data.subarray(at + 1, nameEnd));
    if (nameEnd > data.length || !/^[A-Za-z0-9\-_.+]+$/.test(name)) {
      return { code: "MALFORMED_METADATA", offset: dataAt + at };
    }
    // "The case (upper or lower) of names SHALL NOT be significant."
    if (property(properties, name)) return { code: "DUPLICATE_PROPERTY", offset: dataAt + at };
    const valueAt = nameEnd + 4;
    if (valueAt > data.length) return { code: "MALFORMED_METADATA", offset: dataAt + nameEnd };
    const [a, b, c, d] = data.subarray(nameEnd, valueAt);
    const size = ((a * 256 + b) * 256 + c) * 256 + d;
    if (valueAt + size > data.length) return { code: "MALFORMED_METADATA", offset: dataAt + nameEnd };
    properties.push({ name, value: data.subarray(valueAt, valueAt + size), valueAt: dataAt + valueAt });
    at = valueAt + size;
  }
  return properties;
}

export function property(properties: readonly OracleProperty[], name: string): OracleProperty | undefined {
  return properties.find((one) => one.name.toLowerCase() === name.toLowerCase());
}

/**
 * "error = command-size %d5 "ERROR" error-reason; error-reason = short-size 0*255VCHAR". "The peer SHALL treat an incoming ERROR command
 * as fatal" whatever it holds; one that is text without its size is still understood as a refusal, and so is one without a reason.
 */
export function errorFault({ data, dataAt }: OracleCommand): Fault {
  const whole = data.length > 0 && data[0] === data.length - 1;
  const understood = whole || data.every((octet) => octet >= 0x20 && octet <= 0x7e);
  return { code: understood ? "PEER_ERROR" : "MALFORMED_COMMAND", offset: dataAt };
}

/**
 * "ping = command-size %d4 "PING" ping-ttl ping-context; ping-ttl = 2OCTET; ping-context = 0*16OCTET". A context that is longer is
 * cut: the RFC does not say what becomes of it, and libzmq's own tests demand that.
 */
export function readPing({ data, dataAt }: OracleCommand): { readonly context: Uint8Array } | Fault {
  if (data.length < 2) return { code: "MALFORMED_PING", offset: dataAt };
  return { context: data.subarray(2, 18) };
}

export { ascii, latin };
