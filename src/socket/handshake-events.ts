/** A handshake that has failed, told to whoever observes the socket in the words of libzmq. */
import { fault } from "./errno.js";
import type { AuthError, Monitor } from "./monitor.js";
import { ZapError } from "./zap-reply.js";

/** What libzmq calls the faults of a handshake. */
const PROTOCOL: Readonly<Record<string, string>> = {
  MECHANISM_MISMATCH: "MECHANISM_MISMATCH",
  UNEXPECTED_COMMAND: "UNEXPECTED_COMMAND",
  UNEXPECTED_MESSAGE: "UNEXPECTED_COMMAND",
  MALFORMED_COMMAND: "MALFORMED_COMMAND_UNSPECIFIED",
  MALFORMED_METADATA: "INVALID_METADATA",
  SOCKET_TYPE_MISMATCH: "INVALID_METADATA",
};

/** What a status of ZAP says, as the `zeromq` package has it. */
const STATUSES: Readonly<Record<string, string>> = {
  300: "Temporary error",
  400: "Authentication failure",
  500: "Internal error",
};

/** @internal Tells that a handshake has failed, as the kind of failure that it was. */
export function tellHandshakeFailed(monitor: Monitor, address: string, error: unknown): void {
  if (!monitor.observed) return;
  const { code, reason = "", cause } = (error ?? {}) as { code?: string; reason?: string; cause?: unknown };
  if (Object.hasOwn(STATUSES, reason)) {
    const refusal = Object.assign(new Error(STATUSES[reason]), { status: Number(reason) as AuthError["status"] });
    monitor.tell({ type: "handshake:error:auth", address, error: refusal });
  } else if (cause instanceof ZapError) {
    monitor.tell({ type: "handshake:error:protocol", address, error: cause });
  } else if (code !== undefined && code in PROTOCOL) {
    const fault = Object.assign(new Error("ZMTP protocol error"), { code: `ERR_ZMTP_${PROTOCOL[code]}` });
    monitor.tell({ type: "handshake:error:protocol", address, error: fault });
  } else monitor.tell({ type: "handshake:error:other", address, error: fault("EPIPE") });
}
