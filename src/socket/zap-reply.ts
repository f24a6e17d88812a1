/** What the ZAP handler of a context answers, in frames. RFC 27, "Reply". */
import type { ZapReply } from "../mechanism/zap.js";
import { parseMetadata } from "../session/metadata.js";

/** Of ZAP, in requests and replies. */
export const VERSION = "1.0";

/** Frames of a reply: a delimiter, version, number, status, text, user id, metadata. */
const REPLY = 7;
const STATUSES: readonly number[] = [200, 300, 400, 500];

const utf8 = new TextDecoder();

/** A reply that is none: the handler is broken. */
export class ZapError extends Error {
  /** As the `zeromq` package calls it. */
  readonly code: string;

  constructor(code: string) {
    super("ZAP protocol error");
    this.code = `ERR_ZAP_${code}`;
  }
}

/** @internal The number of the request that it answers; undefined if it is no reply. */
export function numberIn(reply: readonly Uint8Array[]): string | undefined {
  return reply.length === REPLY ? utf8.decode(reply[2]) : undefined;
}

/** @internal What it says. Throws a {@link ZapError}. */
export function verdictIn(reply: readonly Uint8Array[]): ZapReply {
  if (reply.length !== REPLY || reply[0].length > 0) throw new ZapError("MALFORMED_REPLY");
  const [, version, , code, text, userId, metadata] = reply;
  if (utf8.decode(version) !== VERSION) throw new ZapError("BAD_VERSION");
  const status = Number(utf8.decode(code));
  if (code.length !== 3 || !STATUSES.includes(status)) throw new ZapError("INVALID_STATUS_CODE");
  return {
    status: status as ZapReply["status"],
    text: utf8.decode(text),
    userId: userId.length > 0 ? utf8.decode(userId) : undefined,
    metadata: parsedMetadata(metadata),
  };
}

function parsedMetadata(metadata: Uint8Array): Iterable<readonly [string, Uint8Array]> {
  try {
    return parseMetadata(metadata, 0);
  } catch {
    throw new ZapError("INVALID_METADATA");
  }
}
