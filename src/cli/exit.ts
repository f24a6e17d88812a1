/** What the program tells whoever started it: its exit code, and the errors that choose one. Ours. */
import { ZmtpError } from "../error.js";

/** Every exit code, as docs/cli.md lists them. */
export const EXIT = { GOOD: 0, PROTOCOL: 1, USAGE: 2, NOT_REACHED: 3, TIMED_OUT: 4 } as const;

/** One of them. */
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** What each of them says, for the help. */
export const EXIT_MEANINGS: Readonly<Record<ExitCode, string>> = {
  0: "good",
  1: "the peer broke the protocol, or refused us",
  2: "wrong usage: an option, a URL or a file that will not do",
  3: "nobody was reached",
  4: "timed out",
};

/** The command line cannot be followed as it is. Shown without a stack. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}

/** Ends a command with this exit code; the message is all that the user sees. */
export class Failure extends Error {
  override readonly name = "Failure";
  readonly exit: ExitCode;

  constructor(exit: ExitCode, message: string) {
    super(message);
    this.exit = exit;
  }
}

const UNREACHED = new Set(["NOT_REACHED", "CONNECT_TIMEOUT", "NO_WEBSOCKET"]);
/** What the system says of an address that cannot be bound or reached. */
const NO_ADDRESS = /^E(ADDRINUSE|ADDRNOTAVAIL|ACCES|CONNREFUSED|NOTFOUND|NODEV|HOSTUNREACH|NETUNREACH)$/;

/** The exit code that an error stands for. */
export function exitOf(error: unknown): ExitCode {
  if (error instanceof Failure) return error.exit;
  if (error instanceof ZmtpError) {
    if (UNREACHED.has(error.code)) return EXIT.NOT_REACHED;
    return error.code === "HANDSHAKE_TIMEOUT" ? EXIT.TIMED_OUT : EXIT.PROTOCOL;
  }
  const code = String((error as { code?: unknown } | null)?.code);
  return NO_ADDRESS.test(code) ? EXIT.NOT_REACHED : EXIT.USAGE;
}
