/** Octets as a person reads them: text where they are text, else hexadecimal. No RFC section: this is ours. */
const decoder = new TextDecoder();
/** Octets of a value that are shown. */
const MOST = 96;

/** Octets as text, if they are that; else in hexadecimal. `length`: how many there are, if these are only the first. */
export function shown(octets: Uint8Array, length = octets.length): string {
  const part = octets.subarray(0, MOST);
  const rest = length > part.length ? "…" : "";
  if (part.every((octet) => octet >= 0x20 && octet !== 0x7f)) return JSON.stringify(decoder.decode(part)) + rest;
  return Array.from(part, (octet) => octet.toString(16).padStart(2, "0")).join(" ") + rest;
}
