/** What a peer may make a session hold or do before and after its handshake. RFC 37, "Security Considerations". */
import type { Limits } from "../codec/frame.js";

/** Octets of one command of a handshake: far more than any metadata in use. */
const MAX_HANDSHAKE_FRAME = 64 * 1024;

/** Octets of all commands of a handshake together, and of what may wait behind a question that is not answered yet. */
export const MAX_HANDSHAKE_OCTETS = 128 * 1024;

/** Octets that `reserve` lends at most, and by default. */
export const MAX_LENT = 1024 * 1024;

/** Properties in one peer's metadata. Each costs some 200 octets beside its own. */
export const MAX_PROPERTIES = 256;

/** Octets of our own metadata: it has to fit into one command of the peer's handshake. */
export const MAX_OWN_METADATA = MAX_HANDSHAKE_FRAME - 1024;

/** Octets of an identity. RFC 37, "The Identity Property". */
export const MAX_IDENTITY = 255;

/** Octets of a PING's context that its PONG brings back; a longer one is cut. RFC 37, "Connection Heartbeating". */
export const MAX_PING_CONTEXT = 16;

/** Tenths of a second in a PING's TTL: two octets. */
export const MAX_PING_TTL = 0xffff;

/** Octets of the reason in an ERROR: its length is one octet. RFC 37, "Error Handling". */
export const MAX_REASON = 255;

/** Octets that sealing may add to a frame: where traffic is sealed, the wire's may be that much over `maxFrameSize`. */
export const MAX_SEALING = 256;

/** A frame of a handshake that is too large means something else than one in traffic. */
const tooLarge = {
  section: "RFC 37, Security Considerations",
  hint:
    `A command of a handshake has at most ${MAX_HANDSHAKE_FRAME} octets, whatever maxFrameSize says: ` +
    "the peer must send less metadata.",
};

/** Frames of a handshake. */
export const COMMANDS_ONLY: Limits = { maxFrameSize: MAX_HANDSHAKE_FRAME, commandsOnly: true, tooLarge };

/** Frames of a handshake that has messages, as ZWS has without a mechanism. */
export const MESSAGES_TOO: Limits = { maxFrameSize: MAX_HANDSHAKE_FRAME, commandsOnly: false, tooLarge };
