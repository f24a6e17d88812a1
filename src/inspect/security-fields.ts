/** What the commands of PLAIN and CURVE are made of, sealed ones as far as anybody can see. RFC 24, RFC 26. */
import type { Command } from "../session/command.js";
import type { Field } from "./shape.js";
import { shown } from "./shown.js";

/** A part of a command's data. */
interface Part {
  readonly name: string;
  /**
   * Octets; "rest": as many as there are left; "counted": as many as the octet in front says, which is a field, too.
   */
  readonly size: number | "rest" | "counted";
  readonly meaning: string;
  /** Not for everybody's eyes: how long it is, is shown. */
  readonly secret?: true;
}

const SHORT_NONCE: Part = { name: "nonce", size: 8, meaning: "Counts this side's boxes: none is sealed twice alike." };
const LONG_NONCE: Part = { name: "nonce", size: 16, meaning: "Octets that were never used before." };
const box = (meaning: string, size: Part["size"] = "rest"): Part => ({ name: "box", size, meaning });

export const SEALED = "RFC 26, The MESSAGE Command";

/** By mechanism and command. */
const LAYOUTS: Readonly<Record<string, Readonly<Record<string, { section: string; parts: readonly Part[] }>>>> = {
  PLAIN: {
    HELLO: {
      section: "RFC 24, The HELLO Command",
      parts: [
        { name: "username", size: "counted", meaning: "Who the client says it is, in the clear." },
        { name: "password", size: "counted", meaning: "It stands in the octets, in the clear.", secret: true },
      ],
    },
  },
  CURVE: {
    HELLO: {
      section: "RFC 26, The HELLO Command",
      parts: [
        { name: "version", size: 2, meaning: "Of CURVE: 1.0." },
        { name: "padding", size: 72, meaning: "Makes this longer than the answer: nobody can be flooded by it." },
        { name: "client key", size: 32, meaning: "The client's public key for this connection." },
        SHORT_NONCE,
        box("Zeros, sealed: the client owns its key, and knows the server's.", 80),
      ],
    },
    WELCOME: {
      section: "RFC 26, The WELCOME Command",
      parts: [LONG_NONCE, box("The server's key for this connection, and a cookie, sealed.", 144)],
    },
    INITIATE: {
      section: "RFC 26, The INITIATE Command",
      parts: [
        { name: "cookie", size: 96, meaning: "What the server gave: it need not remember the client before this." },
        SHORT_NONCE,
        box("The client's lasting key, a proof that it owns it, and its properties, sealed."),
      ],
    },
    READY: {
      section: "RFC 26, The READY Command",
      parts: [SHORT_NONCE, box("The server's properties, sealed.")],
    },
    MESSAGE: {
      section: SEALED,
      parts: [SHORT_NONCE, box("A frame with its flags, sealed: only the other side can open it.")],
    },
  },
};

/** The fields of a command's data; undefined: this mechanism says nothing of its own, or not so. */
export function securityFields(mechanism: string, { name, data, position }: Command): Field[] | undefined {
  const layout = LAYOUTS[mechanism]?.[name];
  return layout && fieldsBy(layout.parts, layout.section, data, position);
}

function fieldsBy(parts: readonly Part[], section: string, data: Uint8Array, position: number): Field[] | undefined {
  const fields: Field[] = [];
  let at = 0;
  const add = (name: string, length: number, value: string, meaning: string) => {
    fields.push({ name, start: position + at, end: position + at + length, value, meaning, section });
    at += length;
  };
  for (const { name, size, meaning, secret } of parts) {
    if (size === "counted") {
      if (at >= data.length) return undefined;
      add(`${name} length`, 1, `${data[at]}`, `Octets of the ${name}.`);
    }
    const length = size === "counted" ? data[at - 1] : size === "rest" ? data.length - at : size;
    if (at + length > data.length) return undefined;
    const value = secret ? `${length} octets, not shown` : shown(data.subarray(at, at + length));
    if (length > 0) add(name, length, value, meaning);
  }
  return at === data.length ? fields : undefined;
}

/** Octets of a MESSAGE beside what is sealed in it: its name, a nonce, a code of authenticity, flags. */
const AROUND = 8 + 8 + 16 + 1;
const HEAD = [7, ...new TextEncoder().encode("MESSAGE")];

/** Whether a frame's payload is a MESSAGE: libzmq sends them as frames, not as commands. */
export function isSealed(payload: Uint8Array, length = payload.length): boolean {
  return length >= AROUND && HEAD.every((octet, i) => payload[i] === octet);
}

/** Says how much is sealed in a MESSAGE of so many octets. */
export function sealedTitle(length: number): string {
  return `MESSAGE: sealed, ${length - AROUND} octets inside`;
}
