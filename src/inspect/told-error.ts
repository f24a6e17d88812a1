/** What an error says, without the place and the remedy that its message ends with. No RFC section: this is ours. */
import { ZmtpError } from "../error.js";

/** What was seen. */
export function seenIn({ message, offset, section, hint }: ZmtpError): string {
  const where = [offset === undefined ? undefined : `octet ${offset}`, section].filter(Boolean).join("; ");
  const tail = `${where && ` (${where})`}.${hint === undefined ? "" : ` ${hint}`}`;
  return message.endsWith(tail) ? message.slice(0, -tail.length) : message;
}

/** The same error, `by` octets further on. */
export function moved(error: ZmtpError, by: number): ZmtpError {
  const { code, offset = 0, section, hint } = error;
  return new ZmtpError(code, seenIn(error), { offset: offset + by, section, hint });
}
