/** The seam where security mechanisms plug in. RFC 37, "Authentication and Confidentiality". */
import type { Frame } from "../codec/frame.js";
import type { Command } from "./command.js";
import type { Metadata } from "./metadata.js";
import type { LocalPeer } from "./peer.js";

/** A mechanism as a value: NULL is one; PLAIN and CURVE would be others. */
export interface Mechanism {
  /** As the greeting announces it. */
  readonly name: string;
  readonly asServer: boolean;
  /** A handshake of its own for one session. */
  begin(local: LocalPeer): Handshake;
}

/** One side of one handshake: commands in, commands out, until the peer's metadata is known. */
export interface Handshake {
  /** Frames to send as soon as the peer's greeting is accepted; none if the peer speaks first. */
  open(): Uint8Array | undefined;
  /** Takes a command (never ERROR, which the session handles); throws a ZmtpError if it has no place here. */
  receive(command: Command): Progress;
  /** Takes a message, where the handshake has one. Its peers do not tell their socket types. */
  receiveMessage?(payload: Uint8Array): Progress;
}

/** What a command or a message led to. */
export interface Progress {
  /** Frames to send now. */
  readonly send?: Uint8Array;
  /** The peer's metadata: the handshake is complete. */
  readonly metadata?: Metadata;
  /** How frames travel from here on; left out, in clear text. */
  readonly traffic?: Traffic;
}

/** Frames inside commands, as encrypting mechanisms carry them. */
export interface Traffic {
  /** The command that carries frames, "MESSAGE" in CURVE. */
  readonly name: string;
  /** A frame as octets to send. */
  seal(frame: Frame): Uint8Array;
  /** The frame that a command carries, owned; throws a ZmtpError if it is none. */
  open(command: Command): Frame;
}
