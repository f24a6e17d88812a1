/** PING and PONG. RFC 37, "Connection Heartbeating". */
import { ZmtpError } from "../error.js";
import { type Command, commandBody } from "./command.js";

const TTL_SIZE = 2;
const MOST_TTL = 0xffff;
const MOST_CONTEXT = 16;

/** The body of a PING. `ttl` in tenths of a second. Throws a RangeError for what does not fit. */
export function pingBody(ttl: number, context: Uint8Array): Uint8Array {
  if (!Number.isInteger(ttl) || ttl < 0 || ttl > MOST_TTL)
    throw new RangeError(`a TTL is 0 to ${MOST_TTL} tenths of a second`);
  if (context.length > MOST_CONTEXT) throw new RangeError(`a PING's context is at most ${MOST_CONTEXT} octets`);
  return commandBody("PING", Uint8Array.of(ttl >>> 8, ttl & 255), context);
}

/** The body of the PONG that answers a PING: the same context. */
export function pongBody({ data, position }: Command): Uint8Array {
  if (data.length < TTL_SIZE) throw new ZmtpError("MALFORMED_PING", "A PING has no TTL", { offset: position });
  if (data.length > TTL_SIZE + MOST_CONTEXT) {
    throw new ZmtpError("MALFORMED_PING", `A PING has a context of ${data.length - TTL_SIZE} octets`, {
      offset: position + TTL_SIZE + MOST_CONTEXT,
    });
  }
  return commandBody("PONG", data.subarray(TTL_SIZE));
}
