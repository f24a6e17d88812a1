/** The oracle's greeting: RFC 37, "Formal Grammar" and "Version Negotiation". */
import type { Fault } from "./framing.js";

export const GREETING_SIZE = 64;

const SIGNATURE_LAST = 9;
const MAJOR = 10;
const MINOR = 11;
const MECHANISM = 12;
export const AS_SERVER = 32;

/** The mechanisms that this oracle speaks. */
export type OracleMechanism = "NULL" | "PLAIN";

export interface OracleGreeting {
  readonly major: number;
  readonly minor: number;
  readonly asServer: boolean;
}

/** The first thing that is wrong with a peer's greeting, as far as it has arrived. */
export function greetingFault(stream: Uint8Array, mechanism: OracleMechanism = "NULL"): Fault | undefined {
  const known = Math.min(stream.length, GREETING_SIZE);
  for (let at = 0; at < known; at++) {
    const code = octetFault(stream, at, mechanism);
    if (code !== undefined) return { code, offset: at };
  }
  return undefined;
}

function octetFault(stream: Uint8Array, at: number, mechanism: OracleMechanism): string | undefined {
  const octet = stream[at];
  // "signature = %xFF padding %x7F"; of the last octet only bit 0 tells ZMTP 1.0 from what came after it.
  if (at === 0) return octet === 0xff ? undefined : "NOT_ZMTP";
  if (at === SIGNATURE_LAST) return octet % 2 === 1 ? undefined : "OLD_VERSION";
  // "A peer MUST accept higher protocol versions as valid", and 3.0 is one of ours to speak.
  if (at === MAJOR) return octet >= 3 ? undefined : "OLD_VERSION";
  if (at >= MECHANISM && at < AS_SERVER) return mechanismFault(stream, at, mechanism);
  // "When a peer uses the NULL security mechanism, the as-server field MUST be zero."
  if (at === AS_SERVER && octet === 1 && mechanism === "NULL") return "AS_SERVER";
  if (at === AS_SERVER && octet > 1) return "MALFORMED_GREETING";
  // Padding, the minor version and the filler: anything goes.
  return undefined;
}

/** "The mechanism is an ASCII string, null-padded as needed to fit 20 octets", and must be exactly ours. */
function mechanismFault(stream: Uint8Array, at: number, mechanism: OracleMechanism): string | undefined {
  const octet = stream[at];
  if (octet === (at - MECHANISM < mechanism.length ? mechanism.charCodeAt(at - MECHANISM) : 0)) return undefined;
  const first = at === MECHANISM;
  const name = /^[A-Z0-9\-_.+]$/.test(String.fromCharCode(octet));
  const behindTheEnd = !first && stream[at - 1] === 0;
  const legal = octet === 0 ? !first : name && !behindTheEnd;
  return legal ? "MECHANISM_MISMATCH" : "MALFORMED_GREETING";
}

/** What a greeting without a fault announces. */
export function readGreeting(stream: Uint8Array): OracleGreeting {
  return { major: stream[MAJOR], minor: stream[MINOR], asServer: stream[AS_SERVER] === 1 };
}
