/** Errors, as they can be cloned from thread to thread. */
import { ZmtpError } from "../../error.js";
import type { ErrorFacts } from "./words.js";

/** What of an error goes over to another thread. */
export function factsOf(error: unknown): ErrorFacts | undefined {
  if (error === undefined) return undefined;
  if (!(error instanceof ZmtpError)) {
    const message = error instanceof Error ? error.message : String(error);
    const facts = {
      offset: undefined,
      section: undefined,
      hint: undefined,
      reason: undefined,
      blame: "network",
      cause: undefined,
    } as const;
    return { code: "CONNECTION_LOST", message, ...facts };
  }
  const { code, message, offset, section, hint, reason, blame, cause } = error;
  return {
    code,
    message,
    offset,
    section,
    hint,
    reason,
    blame,
    cause: cause instanceof Error ? plainCause(cause) : undefined,
  };
}

/** An error of the system, with what can be cloned of it. */
function plainCause(cause: Error): object {
  const { code, errno, syscall, address, port } = cause as unknown as Record<string, unknown>;
  return { message: cause.message, code, errno, syscall, address, port };
}
