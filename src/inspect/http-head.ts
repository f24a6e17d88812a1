/** The head of a WebSocket's upgrade, request or answer. RFC 6455, section 4; RFC 9112. */
import type { Field } from "./shape.js";

const SECTION = "RFC 6455, Opening Handshake";
/** Octets of a head at most: what is longer is none. */
const LONGEST_HEAD = 16 * 1024;

/** A head, taken apart. */
export interface Head {
  /** "GET / HTTP/1.1", "HTTP/1.1 101 Switching Protocols". */
  readonly first: string;
  readonly fields: readonly Field[];
  /** Whether it asks for an upgrade to WebSocket, or grants it. */
  readonly upgrade: boolean;
  /** What stands in Sec-WebSocket-Protocol; "": nothing does. */
  readonly protocol: string;
}

/** How far octets are a head: -1, they are none; 0, they may become one; else its length. */
export function headLength(octets: Uint8Array): number {
  const text = ascii(octets.subarray(0, LONGEST_HEAD));
  const begins = ["GET ", "HTTP/"].some((word) => text.startsWith(word) || word.startsWith(text));
  if (!begins) return -1;
  const end = text.indexOf("\r\n\r\n");
  if (end !== -1) return end + 4;
  return text.length < LONGEST_HEAD ? 0 : -1;
}

/** Takes a head apart that is whole. */
export function parseHead(octets: Uint8Array): Head {
  const [first = "", ...lines] = ascii(octets).split("\r\n");
  const request = first.startsWith("GET ");
  const fields: Field[] = [
    {
      name: request ? "request" : "response",
      start: 0,
      end: first.length + 2,
      value: first,
      meaning: request ? "The client asks for a path." : "The server answers.",
      section: SECTION,
    },
  ];
  const headers = new Map<string, string>();
  let at = first.length + 2;
  for (const line of lines) {
    const [name = "", ...value] = line.split(":");
    const text = value.join(":").trim();
    const known = name.toLowerCase();
    const end = at + line.length + 2;
    if (line !== "") {
      headers.set(known, text);
      const meaning = MEANINGS[known] ?? "A header of HTTP.";
      fields.push({ name: `header ${name}`, start: at, end, value: text, meaning, section: SECTION });
    }
    at = end;
  }
  fields.push({
    name: "empty line",
    start: at - 4,
    end: at - 2,
    value: "",
    meaning: "The head ends.",
    section: SECTION,
  });
  const granted = request || /^HTTP\/1\.1 101\b/.test(first);
  return {
    first,
    fields,
    upgrade: granted && headers.get("upgrade")?.toLowerCase() === "websocket",
    protocol: headers.get("sec-websocket-protocol") ?? "",
  };
}

const MEANINGS: Readonly<Record<string, string>> = {
  upgrade: "From here on not HTTP, but WebSocket.",
  "sec-websocket-key": "The answer has to bring a digest of it: so a server proves that it knows WebSocket.",
  "sec-websocket-accept": "The digest of the client's key.",
  "sec-websocket-protocol": "What is to be spoken over it: ZWS2.0, and perhaps a mechanism behind a slash.",
  "sec-websocket-version": "Of WebSocket; 13 is the only one.",
  "sec-websocket-extensions": "Compression, for one: then frames cannot be told here.",
};

/** One character an octet. */
function ascii(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += String.fromCharCode(octet);
  return text;
}
