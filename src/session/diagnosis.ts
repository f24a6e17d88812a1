/**
 * What a peer that sends no ZMTP 3 greeting probably is. RFC 37, "Version Negotiation" and "Backwards
 * Interoperability".
 */
import { AS_SERVER_AT, MAJOR_AT, MECHANISM_AT, SIGNATURE_END } from "../codec/greeting-layout.js";
import { ZmtpError } from "../error.js";

interface Suspect {
  /** How it begins: octets, with undefined for any. */
  readonly begins: readonly (number | undefined)[];
  readonly name: string;
  readonly hint: string;
}

const letters = (text: string): number[] => Array.from(text, (letter) => letter.charCodeAt(0));

const HTTP = "This is HTTP: give the web client or server another port, or connect with ws:// to a WebSocket listener.";

/**
 * Other protocols by their first octets; the first that fits what has come is named. Made anew for each fault: most
 * programs never meet one, and need not keep the table.
 */
function suspects(): readonly Suspect[] {
  return [
    ...["GET ", "POST ", "PUT ", "HEAD ", "OPTIONS ", "CONNECT ", "DELETE ", "PATCH ", "PRI * ", "HTTP/"].map(
      (begins) => ({ begins: letters(begins), name: "HTTP", hint: HTTP }),
    ),
    {
      begins: [0x16, 3],
      name: "a TLS handshake",
      hint: "The peer wants TLS: ZMTP is not wrapped in it. Turn TLS off there.",
    },
    {
      begins: [0x15, 3],
      name: "a TLS alert",
      hint: "A TLS server listens there and refuses what we say: use another port.",
    },
    { begins: letters("SSH-"), name: "SSH", hint: "An SSH server listens there: use the port of the ZeroMQ peer." },
    { begins: letters("AMQP"), name: "AMQP", hint: "This is AMQP (RabbitMQ): use the port of the ZeroMQ peer." },
    { begins: letters("-ERR"), name: "Redis", hint: "A Redis server listens there: use the port of the ZeroMQ peer." },
    { begins: letters("*1\r\n"), name: "Redis", hint: "A Redis client connects here: give it the port of its server." },
    {
      begins: [undefined, undefined, undefined, 0, 0x0a],
      name: "MySQL",
      hint: "A MySQL or MariaDB server listens there: use the port of the ZeroMQ peer.",
    },
    { begins: letters("220"), name: "FTP or SMTP", hint: "A mail or FTP server listens there: use another port." },
    {
      begins: [1, 0],
      name: "ZMTP 1.0",
      hint: "A ZeroMQ 2 peer begins like this: update it to ZeroMQ 4 or later.",
    },
  ];
}

/** Protocols that are recognised by their first octet alone. */
const BY_FIRST_OCTET: Readonly<Record<number, string>> = {
  1: "ZMTP 1.0",
  22: "TLS",
  42: "Redis",
  45: "Redis",
};

function suspectIn(octets: Uint8Array): Suspect | undefined {
  return suspects().find(
    ({ begins }) =>
      begins.length <= octets.length && begins.every((octet, i) => octet === undefined || octet === octets[i]),
  );
}

/** The error for a greeting whose octet at `offset` no ZMTP 3 peer sends; `octets` is what has come of it. */
export function greetingFault(octets: Uint8Array, offset: number): ZmtpError {
  if (offset < SIGNATURE_END) return notZmtp(octets, offset);
  const seen = hex(octets[offset]);
  if (offset === SIGNATURE_END) {
    return new ZmtpError("OLD_VERSION", "The signature is that of ZMTP 1.0", { offset });
  }
  if (offset === MAJOR_AT) return oldVersion(octets[offset]);
  if (offset === AS_SERVER_AT) {
    return new ZmtpError("MALFORMED_GREETING", `Octet ${seen} has no place in as-server`, { offset });
  }
  const isLower = octets[offset] >= 0x61 && octets[offset] <= 0x7a;
  const hint =
    "Names of mechanisms are in capitals. The peer's implementation writes " +
    `${JSON.stringify(field(octets))}, and must be mended.`;
  return new ZmtpError("MALFORMED_GREETING", `Octet ${seen} has no place in the mechanism`, {
    offset,
    hint: isLower ? hint : undefined,
  });
}

function notZmtp(octets: Uint8Array, offset: number): ZmtpError {
  const suspect = suspectIn(octets);
  const first = `The first octet is ${hex(octets[0])}, a greeting begins with 0xff`;
  if (suspect !== undefined) {
    return new ZmtpError("NOT_ZMTP", `${first}; ${suspect.name} begins like this`, { offset, hint: suspect.hint });
  }
  const [octet] = octets;
  const isLetter = octet >= 0x41 && octet <= 0x5a;
  const kind = BY_FIRST_OCTET[octet] ?? (isLetter ? "a text protocol such as HTTP" : undefined);
  return new ZmtpError("NOT_ZMTP", kind === undefined ? first : `${first}; ${kind} begins like this`, { offset });
}

function oldVersion(revision: number): ZmtpError {
  const version = revision === 0 ? "ZMTP 1.0" : revision === 1 ? "ZMTP 2.0" : `ZMTP major version ${revision}`;
  return new ZmtpError("OLD_VERSION", `The version octet is ${revision}: the peer speaks ${version}`, {
    offset: MAJOR_AT,
  });
}

/** The name in the mechanism's field, as far as it has come. */
function field(octets: Uint8Array): string {
  const [name = ""] = String.fromCharCode(...octets.subarray(MECHANISM_AT, AS_SERVER_AT)).split("\0");
  return name.replace(/[^\x20-\x7e]/g, "?");
}

function hex(octet: number): string {
  return `0x${octet.toString(16).padStart(2, "0")}`;
}
