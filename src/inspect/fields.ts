/** What the octets of a greeting, of a frame's header and of a command mean. RFC 37. */
import { AS_SERVER_AT, FILLER_AT, MAJOR_AT, MECHANISM_AT } from "../codec/greeting-layout.js";
import { GREETING_SIZE } from "../codec/layout.js";
import type { Command } from "../session/command.js";
import type { Greeting } from "../session/greeting.js";
import { parseMetadata } from "../session/metadata.js";
import { securityFields } from "./security-fields.js";
import type { Field } from "./shape.js";
import { shown } from "./shown.js";

export const FRAMING = "RFC 37, Framing";
export const GRAMMAR = "RFC 37, Formal Grammar";
export const COMMANDS = "RFC 37, Commands";
const METADATA = "RFC 37, Connection Metadata";
const NEGOTIATION = "RFC 37, Version Negotiation";
const MECHANISMS = "RFC 37, Authentication and Confidentiality";
const HEARTBEAT = "RFC 37, Connection Heartbeating";

/** The 64 octets that come first. */
export function greetingFields({ version, mechanism, asServer }: Greeting): Field[] {
  const field = (name: string, start: number, end: number, value: string, meaning: string, section: string): Field => ({
    name,
    start,
    end,
    value,
    meaning,
    section,
  });
  const { major, minor } = version;
  const server = asServer
    ? "This side is the server of the mechanism."
    : "This side is not the server of its mechanism.";
  return [
    field("signature", 0, MAJOR_AT, "ff … 7f", "By this a ZMTP peer is known from the first octet on.", NEGOTIATION),
    field(
      "version",
      MAJOR_AT,
      MECHANISM_AT,
      `${major}.${minor}`,
      "The newest version of ZMTP that this side speaks.",
      NEGOTIATION,
    ),
    field(
      "mechanism",
      MECHANISM_AT,
      AS_SERVER_AT,
      mechanism,
      "How the two prove who they are; both must name the same.",
      MECHANISMS,
    ),
    field("as-server", AS_SERVER_AT, FILLER_AT, asServer ? "1" : "0", server, MECHANISMS),
    field("filler", FILLER_AT, GREETING_SIZE, "31 zeros", "Nothing yet: room for later versions.", GRAMMAR),
  ];
}

/** Flags and length of a frame whose payload begins at `payload`. */
export function headerFields(start: number, payload: number, flags: number, length: number): Field[] {
  const what =
    flags & 4 ? "a command" : flags & 1 ? "a frame of a message, and more follow" : "the last frame of a message";
  const size = flags & 2 ? "its length takes eight octets" : "its length takes one octet";
  return [
    {
      name: "flags",
      start,
      end: start + 1,
      value: binary(flags),
      meaning: `This is ${what}; ${size}.`,
      section: FRAMING,
    },
    {
      name: "length",
      start: start + 1,
      end: payload,
      value: `${length}`,
      meaning: "Octets that follow in this frame.",
      section: FRAMING,
    },
  ];
}

const binary = (flags: number): string => flags.toString(2).padStart(8, "0");

/** A payload of which the first octets are kept. */
export function payloadField(start: number, length: number, preview: Uint8Array, section: string): Field {
  const meaning = "What the application sent; ZMTP does not look into it.";
  return { name: "payload", start, end: start + length, value: shown(preview, length), meaning, section };
}

/** What known commands say, in a sentence. */
const MEANINGS: Readonly<Record<string, string>> = {
  READY: "This side is ready, and says what it is.",
  ERROR: "This side refuses the other, and says why.",
  PING: "Is the other side alive?",
  PONG: "This side is alive.",
  SUBSCRIBE: "Send me what begins so.",
  CANCEL: "Send me no more of what begins so.",
  JOIN: "Send me what goes to this group.",
  LEAVE: "Send me no more of what goes to this group.",
  HELLO: "The client says who it is.",
  WELCOME: "The server lets the client go on.",
  INITIATE: "The client says what it is.",
  MESSAGE: "A frame that only the other side can open.",
};

const meaningOf = (name: string): string => MEANINGS[name] ?? "A command that ZMTP 3.1 does not know.";

/** The name of a command and what it says under this mechanism. `start` is where its body begins. */
export function commandFields(command: Command, start: number, mechanism = "NULL"): Field[] {
  const { name, data, position } = command;
  const end = position + data.length;
  const named: Field[] = [
    {
      name: "name length",
      start,
      end: start + 1,
      value: `${name.length}`,
      meaning: "Letters of the command's name.",
      section: COMMANDS,
    },
    { name: "name", start: start + 1, end: position, value: name, meaning: meaningOf(name), section: COMMANDS },
  ];
  if (data.length === 0) return named;
  const own = securityFields(mechanism, command);
  if (own !== undefined) return [...named, ...own];
  const clear = mechanism !== "CURVE" && (name === "READY" || (name === "INITIATE" && mechanism === "PLAIN"));
  if (clear) return [...named, ...propertyFields(data, position)];
  if (name === "PING" && data.length >= 2) return [...named, ...pingFields(data, position)];
  const meaning = "What the command says.";
  return [...named, { name: "value", start: position, end, value: shown(data), meaning, section: COMMANDS }];
}

const PROPERTIES: Readonly<Record<string, string>> = {
  "socket-type": "What kind of socket this side is; it decides who may talk to whom.",
  identity: "The name under which the other side may address this one.",
  resource: "Which of several services behind one address is meant.",
};

/** The properties of READY; where they stand follows from the lengths, which `parseMetadata` has checked. */
function propertyFields(data: Uint8Array, position: number): Field[] {
  const fields: Field[] = [];
  let at = position;
  for (const [name, value] of parseMetadata(data, position)) {
    const add = (field: string, length: number, text: string, meaning: string) => {
      fields.push({ name: field, start: at, end: at + length, value: text, meaning, section: METADATA });
      at += length;
    };
    add("property length", 1, `${name.length}`, "Characters of the property's name.");
    add("property", name.length, name, PROPERTIES[name.toLowerCase()] ?? "A property of the application's own.");
    add("property value length", 4, `${value.length}`, "Octets of the property's value.");
    if (value.length > 0) add("property value", value.length, shown(value), `What ${name} is.`);
  }
  return fields;
}

function pingFields(data: Uint8Array, position: number): Field[] {
  const tenths = data[0] * 256 + data[1];
  const ttl = {
    name: "time to live",
    start: position,
    end: position + 2,
    value: `${tenths / 10} s`,
    meaning: "After so long a silence the other side may hang up; 0 means never.",
    section: HEARTBEAT,
  };
  if (data.length === 2) return [ttl];
  const context = {
    name: "context",
    start: position + 2,
    end: position + data.length,
    value: shown(data.subarray(2)),
    meaning: "The answer brings this back.",
    section: HEARTBEAT,
  };
  return [ttl, context];
}
