/** A captured packet, down to its TCP segment. Links: tcpdump.org's list; IP: RFC 791 and 8200; TCP: RFC 9293. */

/** One TCP segment. */
export interface Segment {
  readonly from: string;
  readonly to: string;
  readonly sequence: number;
  readonly syn: boolean;
  readonly ack: boolean;
  readonly fin: boolean;
  readonly reset: boolean;
  readonly octets: Uint8Array;
  /** Octets behind these that the capture did not keep: each packet was cut at its snaplen. */
  readonly cut: number;
}

/** Where IP begins in a packet of each link; undefined: in a link that is not known. */
const LINKS: Readonly<Record<number, (octets: Uint8Array) => number>> = {
  0: () => 4,
  1: (octets) => behindTags(octets, 12),
  12: () => 0,
  14: () => 0,
  101: () => 0,
  108: () => 4,
  113: (octets) => behindTags(octets, 14),
  228: () => 0,
  229: () => 0,
  276: (octets) => behindTags(octets, 0, 20),
};
const TCP = 6;
const VLAN = new Set([0x8100, 0x88a8, 0x9100]);
/** Headers of IPv6 that may stand before TCP, each with a length of its own. */
const EXTENSIONS = new Set([0, 43, 60]);

/** The segment in a packet; undefined if there is none, or not all of its headers. */
export function packetOf(link: number, octets: Uint8Array): Segment | undefined {
  const at = LINKS[link]?.(octets);
  if (at === undefined || octets.length < at + 20) return undefined;
  const version = octets[at] >> 4;
  if (version === 4) return ipv4(octets.subarray(at));
  return version === 6 ? ipv6(octets.subarray(at)) : undefined;
}

/** Where IP begins behind the word at `at` that says what follows, and the tags of VLANs that may stand between. */
function behindTags(octets: Uint8Array, at: number, header = at + 2): number {
  let follows = at;
  let payload = header;
  while (VLAN.has(short(octets, follows))) {
    follows = payload + 2;
    payload += 4;
  }
  return payload;
}

const short = (octets: Uint8Array, at: number): number => (octets[at] << 8) | octets[at + 1];

function ipv4(octets: Uint8Array): Segment | undefined {
  const header = (octets[0] & 15) * 4;
  // A fragment but the first has no TCP header.
  if (octets[9] !== TCP || short(octets, 6) & 0x1fff) return undefined;
  // A capture of what the network card is still to cut has no total length.
  const total = short(octets, 2) || octets.length;
  const address = (at: number) => octets.subarray(at, at + 4).join(".");
  return tcp(octets.subarray(header, total), address(12), address(16), total - octets.length);
}

function ipv6(octets: Uint8Array): Segment | undefined {
  let next = octets[6];
  let at = 40;
  while (EXTENSIONS.has(next) && at + 8 <= octets.length) {
    next = octets[at];
    at += (octets[at + 1] + 1) * 8;
  }
  if (next !== TCP) return undefined;
  const total = short(octets, 4) === 0 ? octets.length : 40 + short(octets, 4);
  const address = (from: number) =>
    Array.from({ length: 8 }, (_, i) => short(octets, from + 2 * i).toString(16)).join(":");
  return tcp(octets.subarray(at, total), `[${address(8)}]`, `[${address(24)}]`, total - octets.length);
}

function tcp(octets: Uint8Array, source: string, target: string, beyond: number): Segment | undefined {
  const header = (octets[12] >> 4) * 4;
  if (octets.length < 20 || header < 20) return undefined;
  const flags = octets[13];
  return {
    from: `${source}:${short(octets, 0)}`,
    to: `${target}:${short(octets, 2)}`,
    sequence: short(octets, 4) * 65536 + short(octets, 6),
    fin: (flags & 1) !== 0,
    syn: (flags & 2) !== 0,
    reset: (flags & 4) !== 0,
    ack: (flags & 16) !== 0,
    octets: octets.subarray(header),
    cut: Math.max(0, beyond),
  };
}
