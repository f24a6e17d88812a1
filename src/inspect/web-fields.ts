/** What the octets of a WebSocket frame's header and of its control frames mean. RFC 6455, section 5. */
import type { Field } from "./shape.js";
import { shown } from "./shown.js";

export const WEBSOCKET = "RFC 6455, Base Framing Protocol";

/** Names of opcodes. */
export const OPCODES: Readonly<Record<number, string>> = {
  0: "continuation",
  1: "text",
  2: "binary",
  8: "Close",
  9: "Ping",
  10: "Pong",
};

/** The header of a frame whose payload begins at `payload`; none where the frame came in fragments. */
export function webHeader(start: number, payload: number, opcode: number, length: number): Field[] {
  const size = payload - start;
  // Two octets, and none, two or eight of length: with a mask four more, so each size says which it is.
  const masked = size === 6 || size === 8 || size === 14;
  if (!masked && size !== 2 && size !== 4 && size !== 10) return [];
  const key = masked ? payload - 4 : payload;
  const field = (name: string, from: number, to: number, value: string, meaning: string): Field => {
    return { name, start: from, end: to, value, meaning, section: WEBSOCKET };
  };
  const octets = "Octets that follow in this WebSocket frame.";
  const header = [
    field("opcode", start, start + 1, `${OPCODES[opcode] ?? opcode}`, "What kind of WebSocket frame this is."),
    field("payload length", start + 1, key, `${length}${masked ? ", masked" : ""}`, octets),
  ];
  if (!masked) return header;
  const meaning = "The payload is exclusive-ored with these four octets: values are shown without.";
  return [...header, field("masking key", key, payload, "4 octets", meaning)];
}

const CONTROL: Readonly<Record<string, string>> = {
  Close: "This side closes the WebSocket.",
  Ping: "Is the other side alive? libzmq's heartbeats over ws:// are these.",
  Pong: "This side is alive.",
};

/** What a control frame says. */
export function controlFields(name: string, octets: Uint8Array, payload: number): Field[] {
  const all: Field = {
    name: "control payload",
    start: payload,
    end: payload + octets.length,
    value: shown(octets),
    meaning: CONTROL[name] ?? "A control frame.",
    section: WEBSOCKET,
  };
  if (octets.length === 0) return [];
  if (name !== "Close" || octets.length < 2) return [all];
  const code = { ...all, name: "status code", end: payload + 2, value: `${octets[0] * 256 + octets[1]}` };
  if (octets.length === 2) return [code];
  return [code, { ...all, name: "reason", start: payload + 2, value: shown(octets.subarray(2)) }];
}
