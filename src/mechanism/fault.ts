/** What only authenticators raise: errors with the hint of their code. RFC 27, "Reply". */
import { type AuthenticatorCode, type Explanation, ZmtpError, type ZmtpErrorOptions } from "../error.js";

/** Whose fault it is, the section of the RFC it rests on, and what to do about it. */
const REFUSALS = {
  // Authentication.
  DENIED: {
    section: "RFC 27, Reply",
    hint: "Our authenticator has refused this peer: it must use other credentials, or be allowed here.",
  },
  AUTHENTICATOR_FAILED: {
    blame: "caller",
    section: "RFC 27, Reply",
    hint: "The authenticator threw an error or gave no verdict: see `cause`. The peer has been told 500.",
  },
} satisfies Record<AuthenticatorCode, Explanation>;

/** An error with one of an authenticator's codes; what `options` say goes before what the code says. */
export function authenticatorError(
  code: AuthenticatorCode,
  message: string,
  options: ZmtpErrorOptions = {},
): ZmtpError {
  return new ZmtpError(code, message, { ...REFUSALS[code], ...options });
}
