/** The one error this library raises about what a peer sent, or about a call that came at the wrong time. */

interface Refusal {
  readonly section?: string;
  readonly hint: string;
}

const FRAMING = "RFC 37, Framing";
const COMMANDS = "RFC 37, Commands";
const NEGOTIATION = "RFC 37, Version Negotiation";
const MECHANISMS = "RFC 37, Authentication and Confidentiality";
const NULL_MECHANISM = "RFC 37, The NULL Security Mechanism";
const METADATA = "RFC 37, Connection Metadata";
const SOCKET_TYPE = "RFC 37, The Socket-Type Property";
const IDENTITY = "RFC 37, The Identity Property";
const HEARTBEAT = "RFC 37, Connection Heartbeating";
const SUBSCRIPTIONS = "RFC 37, The Publish-Subscribe Pattern";

/** Every refusal, with the section of the RFC it rests on and what to look at next. */
const REFUSALS = {
  NOT_ZMTP: {
    section: NEGOTIATION,
    hint: "The peer does not speak ZMTP 2 or later: is this the right port? An HTTP client, a TLS handshake or a ZeroMQ 2.x peer looks like this.",
  },
  OLD_VERSION: {
    section: NEGOTIATION,
    hint: "The peer speaks ZMTP 1 or 2 (ZeroMQ 3.x or older). Monocoque does not downgrade: update the peer to ZeroMQ 4 or later.",
  },
  MALFORMED_GREETING: {
    section: "RFC 37, Formal Grammar",
    hint: "The first octets looked like ZMTP 3, the rest of the greeting does not: the peer's implementation or something between you alters it.",
  },
  MECHANISM_MISMATCH: {
    section: MECHANISMS,
    hint: "Both peers must use the same security mechanism. Turn PLAIN or CURVE off on the peer, or speak the same here.",
  },
  AS_SERVER: {
    section: NULL_MECHANISM,
    hint: "Under NULL the as-server octet is 0: the peer is set up as a PLAIN or CURVE server.",
  },
  RESERVED_FLAGS: {
    section: FRAMING,
    hint: "Bits 3 to 7 of the flags octet are zero in ZMTP 3: the stream is out of step, or it is not ZMTP.",
  },
  COMMAND_WITH_MORE: { section: FRAMING, hint: "A command is one frame; MORE is illegal on it." },
  FRAME_TOO_LARGE: {
    section: FRAMING,
    hint: "The peer announces a frame over maxFrameSize. Raise maxFrameSize if such frames are expected.",
  },
  ILLEGAL_LENGTH: { section: FRAMING, hint: "A frame holds at most 2^63-1 octets: the top bit of its length is zero." },
  TRUNCATED: { section: FRAMING, hint: "The stream ended inside a frame: the peer or the network broke off." },
  MALFORMED_COMMAND: {
    section: COMMANDS,
    hint: "A command body is a name length (1 to 255), a name of letters, then data as the command defines it.",
  },
  UNEXPECTED_MESSAGE: {
    section: NULL_MECHANISM,
    hint: "Only commands travel before the handshake is complete: the peer sent a message before its READY.",
  },
  UNEXPECTED_COMMAND: {
    section: NULL_MECHANISM,
    hint: "NULL knows READY and ERROR, and READY once.",
  },
  PEER_ERROR: {
    section: "RFC 37, Error Handling",
    hint: "The peer refused this connection and said so: look at its log. A socket type it does not accept is the usual reason.",
  },
  PEER_CLOSED: {
    section: "RFC 37, Error Handling",
    hint: "libzmq closes without a word on: a mechanism other than its own, no READY, malformed metadata, an unexpected command, an illegal pair of socket types.",
  },
  MALFORMED_METADATA: {
    section: METADATA,
    hint: "A property is a name length (1 to 255), a name, a four-octet value length and the value, all inside the command.",
  },
  DUPLICATE_PROPERTY: { section: METADATA, hint: "Names are case-insensitive and each stands once." },
  SOCKET_TYPE_MISSING: { section: SOCKET_TYPE, hint: "The peer's READY has no Socket-Type." },
  SOCKET_TYPE_UNKNOWN: { section: SOCKET_TYPE, hint: "The peer's Socket-Type is none that the RFC lists." },
  SOCKET_TYPE_MISMATCH: {
    section: SOCKET_TYPE,
    hint: "These two socket types may not talk to each other: change one of them.",
  },
  IDENTITY: { section: IDENTITY, hint: "An identity is 0 to 255 octets, and the first is not zero." },
  MALFORMED_PING: {
    section: HEARTBEAT,
    hint: "PING carries a two-octet TTL and a context of at most 16 octets.",
  },
  NOT_A_SUBSCRIBER: { section: SUBSCRIPTIONS, hint: "Only SUB and XSUB subscribe: open the session as one of these." },
  TOO_MANY_SUBSCRIPTIONS: {
    section: SUBSCRIPTIONS,
    hint: "The peer subscribes without end: it is broken, or hostile.",
  },
  NOT_ACTIVE: { hint: "Wait for HandshakeComplete before you send." },
  CLOSED: { hint: "Nothing can be sent on a connection that has ended." },
  CONNECTION_LOST: {
    hint: "The network or the peer's process broke off: connect again after a short and random while.",
  },
  CONNECT_TIMEOUT: {
    hint: "Is the peer there, and does a firewall let you through? `connectTimeout` sets the patience.",
  },
  HANDSHAKE_TIMEOUT: {
    section: "RFC 37, Security Considerations",
    hint: "Something accepts connections there and does not speak ZMTP, or the peer is overloaded. `handshakeTimeout` sets the patience.",
  },
  HEARTBEAT_TIMEOUT: { section: HEARTBEAT, hint: "The peer or the network is gone without a goodbye." },
  NOT_REACHED: { hint: "h" },
  MESSAGE_TOO_LARGE: { hint: "h" },
  TOO_MANY_COMMANDS: { hint: "h" },
  TOO_MANY_HANDSHAKES: { hint: "h" },
  TOO_MANY_CONNECTIONS: { hint: "h" },
  LISTENER_CLOSED: { hint: "h" },
  LINGER_EXPIRED: { hint: "h" },
  MEMORY_LIMIT: { hint: "h" },
  UNFINISHED_MESSAGE: { hint: "h" },
  NOT_A_SENDER: { hint: "h" },
  RESET: { hint: "h" },
  NO_WEBSOCKET: { hint: "h" },
  TWO_LOOPS: { hint: "h" },
  STALE_BATCH: {
    hint: "A borrowed batch is valid until the next call that decodes on this thread. Call toOwned() on what you keep.",
  },
} satisfies Record<string, Refusal>;

/** What went wrong, in one word. */
export type ZmtpErrorCode = keyof typeof REFUSALS;

/** Whatever the peer did wrong, and where to read on. */
export class ZmtpError extends Error {
  override readonly name = "ZmtpError";
  /** What went wrong, in one word: stable, for programs. */
  readonly code: ZmtpErrorCode;
  /** The octet that proves it, counted from the first octet the peer sent (of a stream without a greeting: from its first octet). */
  readonly offset?: number;
  /** The section of the RFC that the octet breaks. */
  readonly section?: string;
  /** What to look at next. */
  readonly hint?: string;

  constructor(
    code: ZmtpErrorCode,
    message: string,
    options: { offset?: number; hint?: string | undefined; cause?: unknown } = {},
  ) {
    const refusal: Refusal = REFUSALS[code];
    const hint = options.hint ?? refusal.hint;
    const where = [options.offset === undefined ? "" : `octet ${options.offset}`, refusal.section ?? ""]
      .filter(Boolean)
      .join("; ");
    super(`${message}${where && ` (${where})`}. ${hint}`, options);
    this.code = code;
    this.hint = hint;
    if (options.offset !== undefined) this.offset = options.offset;
    if (refusal.section !== undefined) this.section = refusal.section;
  }
}
