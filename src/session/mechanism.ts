/** The seam where security mechanisms plug in. RFC 37, "Authentication and Confidentiality". */
import { ZmtpError } from "../error.js";
import type { Command } from "./command.js";
import type { Greeting } from "./greeting.js";
import type { Metadata } from "./metadata.js";
import type { LocalInfo } from "./peer.js";

/** A security mechanism as a value: NULL, PLAIN and CURVE are three; write another against these types alone. */
export interface Mechanism {
  /** As the greeting announces it: 1 to 20 capitals, digits, `-`, `_`, `.` or `+`. Both peers' must be equal. */
  readonly name: string;
  /** What our greeting's as-server octet says. */
  readonly asServer: boolean;
  /** What the peer's as-server octet has to say; left out, either will do. */
  readonly peerAsServer?: boolean | undefined;
  /**
   * True if it shows secrets to whoever listens: a connection over a network warns of it, once a process. Default
   * false.
   */
  readonly exposed?: boolean | undefined;
  /** True if the handshake does not tell the peer's socket type (ZWS). Default false. */
  readonly untyped?: boolean | undefined;
  /**
   * A handshake of its own for one session, begun when the peer's greeting has been accepted.
   *
   * @throws {@link ZmtpError} if this peer is none to shake hands with.
   */
  begin(local: LocalInfo, peer: Greeting): Handshake;
  /**
   * How another thread makes the same mechanism: asked where a connection's work is done in one (`thread`), since
   * functions cannot be handed over. A call, so that no secret shows where a mechanism is printed. Left out, the
   * mechanism works in its own thread alone. `plainClient` and `curveClient` have it.
   */
  recipe?(): MechanismRecipe;
}

/** What a mechanism is made of, as another thread can be handed it. */
export interface MechanismRecipe {
  /** Who makes it there: the name that `provideMechanism` of `monocoque/thread` was given. */
  readonly maker: string;
  /** What the maker is called with: anything that can be cloned, secrets included. They stay in this process. */
  readonly from: unknown;
}

/** One side of one handshake: commands in, commands out, until the peer's metadata is known. */
export interface Handshake {
  /** Octets to send at once (see `encodeCommand`); undefined if the peer speaks first. Asked once. */
  open(): Uint8Array | undefined;
  /**
   * What a command leads to. Never ERROR, which the session handles. Throw a {@link ZmtpError} to close without telling
   * the peer why.
   */
  receive(command: Command): Progress;
  /** What a message leads to, where a handshake has messages. Without it they are refused at their first octet. */
  receiveMessage?(payload: Uint8Array): Progress;
  /** Why the peer may have closed now, in a plain sentence: the hint of the error if it does. */
  readonly closingHint?: string | undefined;
  /** The handshake has failed, or its connection is over before it was complete: erase the keys. */
  erase?(): void;
}

/** What a command, a message, or a verdict led to. */
export type Progress =
  /** The handshake goes on; `send` holds octets to send, if any. */
  | { readonly type: "continue"; readonly send?: Uint8Array | undefined }
  | Complete
  /** The handshake has failed. With a `reason` of printable characters the peer is told it in an ERROR first. */
  | { readonly type: "refused"; readonly error: ZmtpError; readonly reason?: string | undefined }
  /**
   * The verdict comes from outside. The session reports `question`, untouched, in a Question event and reads nothing
   * further until `session.proceed(progress)` brings the answer. A connection answers by itself where the question is a
   * promise of a Progress, as those of PLAIN and CURVE are.
   */
  | { readonly type: "later"; readonly question: unknown };

/** The handshake is over, and both peers know each other. */
export interface Complete {
  /** Tells it from the other kinds of {@link Progress}. */
  readonly type: "complete";
  /** Octets to send before anything else. */
  readonly send?: Uint8Array | undefined;
  /** What the peer says of itself; becomes the session's. */
  readonly metadata: Metadata;
  /** How frames travel from here on; left out, in clear text. */
  readonly traffic?: Traffic | undefined;
  /** Who the peer is, if that has been proved. */
  readonly userId?: string | undefined;
  /** The peer's long-term public key, if it has been proved. */
  readonly publicKey?: Uint8Array | undefined;
}

/**
 * Frames inside others, as encrypting mechanisms carry them. What comes is accepted as a command and as a message of
 * one frame with the same body, which is what libzmq sends; anything else is refused.
 */
export interface Traffic {
  /** The name that a body with a sealed frame begins with, "MESSAGE" in CURVE. */
  readonly name: string;
  /** A frame, command or not, as octets to send: header and all. */
  seal(frame: Unsealed): Uint8Array;
  /** The frame that a body carries, owned. Throws a {@link ZmtpError} if it is none, and the session ends. */
  unseal(command: Command): Unsealed;
  /** The session is over, and nothing is sealed or unsealed any more: erase the keys. */
  erase?(): void;
}

/** A frame as it was before it was sealed; its payload becomes the session's. */
export interface Unsealed {
  /** Its body. */
  readonly payload: Uint8Array;
  /** More frames of the same message follow. */
  readonly more: boolean;
  /** It is a command, not a part of a message. */
  readonly command: boolean;
}

/** @internal A mechanism that a caller gave, looked at before it is needed. Throws a TypeError. */
export function checkedMechanism(mechanism: Mechanism): Mechanism {
  if (typeof mechanism?.begin !== "function" || typeof mechanism.name !== "string") {
    throw new TypeError(
      "mechanism is a Mechanism, an object with name, asServer and begin, not its name: leave it out for NULL",
    );
  }
  return mechanism;
}

/** @internal What a mechanism throws that is no ZmtpError is a fault of its code. */
export function mechanismFailed(cause: unknown, offset: number | undefined): ZmtpError {
  return new ZmtpError("MECHANISM_FAILED", "The security mechanism threw an error of its own", { offset, cause });
}
