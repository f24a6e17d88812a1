/** The framing of RFC 37 written as plainly as can be, for the codecs to be held against. */
import type { Frame, ZmtpErrorCode } from "../../src/index.js";
import type { Decoded } from "./pieces.js";

export function referenceDecode(stream: Uint8Array, maxFrameSize: number): Decoded {
  const frames: Frame[] = [];
  let at = 0;
  const fault = (code: ZmtpErrorCode, offset: number): Decoded => ({ frames, error: { code, offset } });
  while (at < stream.length) {
    const flags = stream[at] as number;
    if (flags >= 8) return fault("RESERVED_FLAGS", at);
    if ((flags & 5) === 5) return fault("COMMAND_WITH_MORE", at);
    const digits = flags & 2 ? 8 : 1;
    let length = 0n;
    for (let i = 1; i <= digits; i++) {
      const octet = stream[at + i];
      if (octet === undefined) return { frames, error: undefined };
      if (digits === 8 && i === 1 && octet >= 128) return fault("ILLEGAL_LENGTH", at + 1);
      length |= BigInt(octet) << BigInt(8 * (digits - i));
      if (length > BigInt(maxFrameSize)) return fault("FRAME_TOO_LARGE", at + i);
    }
    const start = at + 1 + digits;
    const end = start + Number(length);
    if (end > stream.length) return { frames, error: undefined };
    frames.push({ payload: stream.slice(start, end), more: (flags & 1) === 1, command: (flags & 4) === 4 });
    at = end;
  }
  return { frames, error: undefined };
}
