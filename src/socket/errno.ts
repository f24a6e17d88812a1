/** Errors as libzmq names and numbers them: what programs written for the `zeromq` package compare with. */

/** libzmq's own numbers begin here; no system uses them. */
const ZMQ = 156_384_712;

/** The numbers are Linux's: where others differ, programs compare `code`. */
const FAULTS = {
  ENOENT: [2, "No such endpoint"],
  EBADF: [9, "Socket is closed"],
  EAGAIN: [11, "Operation was not possible or timed out"],
  EACCES: [13, "Permission denied"],
  EFAULT: [14, "Context is closed"],
  EBUSY: [16, "Socket is busy"],
  ENOTSOCK: [88, "Socket operation on non-socket"],
  ENODEV: [19, "No such device"],
  EINVAL: [22, "Invalid argument"],
  EMFILE: [24, "Too many open file descriptors"],
  EPIPE: [32, "Broken pipe"],
  ENAMETOOLONG: [36, "File name too long"],
  EPROTO: [71, "Protocol error"],
  EPROTONOSUPPORT: [93, "Protocol not supported"],
  ENOTSUP: [95, "Operation not supported"],
  EADDRINUSE: [98, "Address already in use"],
  EADDRNOTAVAIL: [99, "Cannot assign requested address"],
  ECONNRESET: [104, "Connection reset by peer"],
  ETIMEDOUT: [110, "Connection timed out"],
  ECONNREFUSED: [111, "Connection refused"],
  EHOSTUNREACH: [113, "Host unreachable"],
  EFSM: [ZMQ + 51, "Operation cannot be accomplished in current state"],
  ENOCOMPATPROTO: [ZMQ + 52, "The protocol is not compatible with the socket type"],
  ETERM: [ZMQ + 53, "Context was terminated"],
} as const satisfies Record<string, readonly [errno: number, message: string]>;

/** What libzmq calls a fault. */
export type FaultCode = keyof typeof FAULTS;

/** An error with the code and the number that libzmq has for it. */
export interface ErrnoError extends Error {
  /** libzmq's name for it: "EAGAIN", "EBUSY", … */
  code: string;
  /** The number that belongs to `code`, as on Linux; libzmq's own numbers begin above 156384712. */
  errno: number;
  /** The endpoint it is about, as it was given. */
  address?: string;
}

/** @internal Makes such an error; `address` where it is about an endpoint. */
export function fault(code: FaultCode, address?: string, message: string = FAULTS[code][1]): ErrnoError {
  const error: ErrnoError = Object.assign(new Error(message), { errno: FAULTS[code][0], code });
  if (address !== undefined) error.address = address;
  return error;
}

/**
 * @internal The fault that a system's error stands for; `otherwise` where libzmq has no name for it. What is one of our
 * faults already stays as it is, so that its words are not lost.
 */
export function faultOf(error: unknown, otherwise: FaultCode, address?: string): ErrnoError {
  const { code, errno } = (error ?? {}) as { code?: unknown; errno?: unknown };
  // The system's own errors have negative numbers.
  if (isFaultCode(code) && errno === FAULTS[code][0]) {
    const known = error as ErrnoError;
    if (address !== undefined) known.address ??= address;
    return known;
  }
  return Object.assign(fault(isFaultCode(code) ? code : otherwise, address), { cause: error });
}

function isFaultCode(code: unknown): code is FaultCode {
  return typeof code === "string" && Object.hasOwn(FAULTS, code);
}

/** @internal Refuses what the `zeromq` package has and this one has not, and says why. */
export function notHere(what: string, why: string): ErrnoError {
  return fault("ENOTSUP", undefined, `${what}: ${why}`);
}
