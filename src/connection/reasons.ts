/** Why a connection could not be opened, or ended: what the transport knows, as an error with a code. */
import { ZmtpError } from "../error.js";
import { connectionError } from "./fault.js";
import type { LinkSettings } from "./options.js";

const SILENT_AFTER_GREETING =
  "The peer speaks ZMTP and has greeted us, but its READY did not come: it is stopped or overloaded, or waits for " +
  "something itself. `handshakeTimeout` sets the patience.";

const SILENT_TO_SERVER =
  "The peer has greeted us and does not begin, which is for the client to do, and we are the server: is it a server, " +
  "too? libzmq's greetings do not tell. Or it is stopped or overloaded. `handshakeTimeout` sets the patience.";

/** The peer was not reached. */
export function notReached(cause: unknown): ZmtpError {
  if (cause instanceof ZmtpError) return cause;
  return connectionError("NOT_REACHED", `The peer could not be reached: ${messageOf(cause)}`, { cause });
}

/** What was open broke off. */
export function lost(cause: unknown): ZmtpError {
  if (cause instanceof ZmtpError) return cause;
  if (cause === undefined) return connectionError("CONNECTION_LOST", "The connection was lost");
  const { code } = cause as { code?: unknown };
  const reset = code === "ECONNRESET" || code === "EPIPE";
  return connectionError(reset ? "RESET" : "CONNECTION_LOST", `The connection broke off: ${messageOf(cause)}`, {
    cause,
  });
}

/** We have closed it before it was open, or sent on it afterwards. */
export function closedHere(): ZmtpError {
  return connectionError("CLOSED", "The connection has been closed here");
}

/** The peer was not reached in time. */
export function connectTimeout(milliseconds: number): ZmtpError {
  return connectionError("CONNECT_TIMEOUT", `The peer was not reached within ${milliseconds} ms`);
}

/** The handshake took too long. `greeted`: the peer's greeting has come, so it does speak ZMTP. */
export function handshakeTimeout({ handshakeTimeout, mechanism }: LinkSettings, greeted: boolean): ZmtpError {
  const what = `The handshake was not over within ${handshakeTimeout} ms`;
  const hint = mechanism?.asServer ? SILENT_TO_SERVER : SILENT_AFTER_GREETING;
  return connectionError("HANDSHAKE_TIMEOUT", what, greeted ? { hint } : {});
}

/** The peer was silent for so many milliseconds. */
export function heartbeatTimeout(silence: number): ZmtpError {
  return connectionError("HEARTBEAT_TIMEOUT", `Nothing came from the peer for ${silence} ms`);
}

/** `left` octets could not leave: the peer took nothing of them for so many milliseconds. */
export function lingerExpired(left: number, milliseconds: number): ZmtpError {
  const what = `${left} octets had not left when the peer had taken nothing for ${milliseconds} ms`;
  return connectionError("LINGER_EXPIRED", what);
}

/** The promise of a mechanism that asked something was rejected. */
export function questionFailed(cause: unknown): ZmtpError {
  if (cause instanceof ZmtpError) return cause;
  return new ZmtpError("MECHANISM_FAILED", `The mechanism failed: ${messageOf(cause)}`, { cause });
}

function messageOf(cause: unknown): string {
  return cause instanceof Error && cause.message !== "" ? cause.message : String(cause ?? "no reason is known");
}
