/** PING and PONG. RFC 37, "Connection Heartbeating". */
import type { Octets } from "../codec/payload.js";
import { ZmtpError } from "../error.js";
import { type Command, commandBody } from "./command.js";
import { MAX_PING_CONTEXT, MAX_PING_TTL } from "./limits.js";

const TTL_SIZE = 2;

/** The body of a PING. `ttl` in tenths of a second. Throws a RangeError for what does not fit. */
export function pingBody(ttl: number, context: Uint8Array): Octets {
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > MAX_PING_TTL) {
    throw new RangeError(`a TTL is 0 to ${MAX_PING_TTL} tenths of a second, not ${ttl}`);
  }
  if (context.length > MAX_PING_CONTEXT) {
    throw new RangeError(`a PING's context is at most ${MAX_PING_CONTEXT} octets, not ${context.length}`);
  }
  return commandBody("PING", Uint8Array.of(ttl >>> 8, ttl & 255), context);
}

/** The body of the PONG that answers a PING: the same context, cut to 16 octets where it is longer, as libzmq does. */
export function pongBody({ data, position }: Command): Octets {
  if (data.length < TTL_SIZE) throw new ZmtpError("MALFORMED_PING", "A PING has no TTL", { offset: position });
  return commandBody("PONG", data.subarray(TTL_SIZE, TTL_SIZE + MAX_PING_CONTEXT));
}
