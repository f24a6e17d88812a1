/** The oracle's greeting: RFC 37, "Formal Grammar" and "Version Negotiation". */
import type { Fault } from "./framing.js";

export const GREETING_SIZE = 64;

const SIGNATURE_LAST = 9;
const MAJOR = 10;
const MINOR = 11;
const MECHANISM = 12;
const AS_SERVER = 32;

/** The mechanism this oracle speaks, padded with zeros to its field of 20 octets. */
const NULL_FIELD = [..."NULL"].map((letter) => letter.charCodeAt(0));

export interface OracleGreeting {
  readonly major: number;
  readonly minor: number;
}

/** The first thing that is wrong with a NULL peer's greeting, as far as it has arrived. */
export function greetingFault(stream: Uint8Array): Fault | undefined {
  const known = Math.min(stream.length, GREETING_SIZE);
  for (let at = 0; at < known; at++) {
    const code = octetFault(stream, at);
    if (code !== undefined) return { code, offset: at };
  }
  return undefined;
}

function octetFault(stream: Uint8Array, at: number): string | undefined {
  const octet = stream[at];
  // "signature = %xFF padding %x7F"; of the last octet only bit 0 tells ZMTP 1.0 from what came after it.
  if (at === 0) return octet === 0xff ? undefined : "NOT_ZMTP";
  if (at === SIGNATURE_LAST) return octet % 2 === 1 ? undefined : "OLD_VERSION";
  // "A peer MUST accept higher protocol versions as valid", and 3.0 is one of ours to speak.
  if (at === MAJOR) return octet >= 3 ? undefined : "OLD_VERSION";
  if (at >= MECHANISM && at < AS_SERVER) return mechanismFault(stream, at);
  // "When a peer uses the NULL security mechanism, the as-server field MUST be zero."
  if (at === AS_SERVER && octet === 1) return "AS_SERVER";
  if (at === AS_SERVER && octet > 1) return "MALFORMED_GREETING";
  // Padding, the minor version and the filler: anything goes.
  return undefined;
}

/** "The mechanism is an ASCII string, null-padded as needed to fit 20 octets", and must be exactly ours. */
function mechanismFault(stream: Uint8Array, at: number): string | undefined {
  const octet = stream[at];
  if (octet === (NULL_FIELD[at - MECHANISM] ?? 0)) return undefined;
  const first = at === MECHANISM;
  const name = /^[A-Z0-9\-_.+]$/.test(String.fromCharCode(octet));
  const behindTheEnd = !first && stream[at - 1] === 0;
  const legal = octet === 0 ? !first : name && !behindTheEnd;
  return legal ? "MECHANISM_MISMATCH" : "MALFORMED_GREETING";
}

/** What a greeting without a fault announces. */
export function readGreeting(stream: Uint8Array): OracleGreeting {
  return { major: stream[MAJOR], minor: stream[MINOR] };
}
