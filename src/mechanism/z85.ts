/** Z85: four octets as five printable characters, as ZeroMQ writes keys. RFC 32. */

const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-:+=^!/*?&<>()[]{}@%$#";

const VALUES: ReadonlyMap<string, number> = /* @__PURE__ */ new Map(
  /* @__PURE__ */ Array.from(DIGITS, (digit, value) => [digit, value]),
);

/**
 * Octets as text.
 *
 * @param octets - A multiple of four of them.
 */
export function encodeZ85(octets: Uint8Array): string {
  if (octets.length % 4 !== 0) throw new RangeError(`Z85 writes multiples of 4 octets, not ${octets.length}`);
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length);
  let text = "";
  for (let at = 0; at < octets.length; at += 4) {
    const value = view.getUint32(at);
    for (let divisor = 85 ** 4; divisor >= 1; divisor /= 85) text += DIGITS[Math.floor(value / divisor) % 85];
  }
  return text;
}

/**
 * Text as octets, owned. No error holds the text: it may be a secret.
 *
 * @throws A TypeError for a length that is no multiple of five, or what is no Z85.
 */
export function decodeZ85(text: string): Uint8Array {
  if (text.length % 5 !== 0) throw new TypeError(`Z85 has multiples of 5 characters, not ${text.length}`);
  const octets = new Uint8Array((text.length / 5) * 4);
  const view = new DataView(octets.buffer);
  for (let at = 0; at < text.length; at += 5) {
    let value = 0;
    for (let i = at; i < at + 5; i++) {
      const digit = VALUES.get(text[i]);
      if (digit === undefined) throw new TypeError(`character ${i} is no digit of Z85`);
      value = value * 85 + digit;
    }
    if (value > 0xffffffff) throw new TypeError(`characters ${at} to ${at + 4} are more than four octets`);
    view.setUint32((at / 5) * 4, value);
  }
  return octets;
}
