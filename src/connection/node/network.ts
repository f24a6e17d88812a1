/**
 * Whom an address belongs to, for what is counted by address: limits and penalties. RFC 37, "Security Considerations".
 */

/** Half of an address of IPv6: whoever has one has all that begin with the same half. */
const HALF = 4;

/** Whom an address belongs to; peers of ipc:// have none and count as one. */
export function networkOf(address = ""): string {
  const [, ipv6] = /^\[(.*)\]:\d+$/.exec(address) ?? [];
  if (ipv6 === undefined) return address.slice(0, address.lastIndexOf(":"));
  // IPv4 as a socket of IPv6 shows it.
  if (ipv6.includes(".")) return ipv6.slice(ipv6.lastIndexOf(":") + 1);
  const [head, tail] = ipv6.split("::").map((half) => (half === "" ? [] : half.split(":")));
  const gap = tail === undefined ? [] : Array(Math.max(0, 2 * HALF - head.length - tail.length)).fill("0");
  return [...head, ...gap, ...(tail ?? [])].slice(0, HALF).join(":");
}
