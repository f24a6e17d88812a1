/** The one error this library raises: about what a peer sent, about the network, or about a call at the wrong time. */

/** Whose fault it is: the peer's, the caller's own, or that of the network between them. */
export type Blame = "peer" | "caller" | "network";

/** @internal What is said of one code. */
export interface Explanation {
  /** Left out: the peer's. */
  readonly blame?: Blame;
  readonly section?: string;
  readonly hint: string;
}

const FRAMING = "RFC 37, Framing";
const COMMANDS = "RFC 37, Commands";
const NEGOTIATION = "RFC 37, Version Negotiation";
const MECHANISMS = "RFC 37, Authentication and Confidentiality";
const METADATA = "RFC 37, Connection Metadata";
const SOCKET_TYPE = "RFC 37, The Socket-Type Property";
const IDENTITY = "RFC 37, The Identity Property";
const HEARTBEAT = "RFC 37, Connection Heartbeating";
const SUBSCRIPTIONS = "RFC 37, The Publish-Subscribe Pattern";
const SECURITY = "RFC 37, Security Considerations";

/**
 * Every refusal of a codec or a session: whose fault it is, the section of the RFC it rests on, and what to do about
 * it. What only a connection or an authenticator raises stands with them, so that nobody loads it without them.
 */
const REFUSALS = {
  // The greeting.
  NOT_ZMTP: {
    section: NEGOTIATION,
    hint: "The peer does not speak ZMTP: check host and port, and that the service behind them is a ZeroMQ socket.",
  },
  OLD_VERSION: {
    section: NEGOTIATION,
    hint: "ZMTP 1 and 2 (ZeroMQ 3 or older, JeroMQ 0.3) are not spoken here: update the peer to ZeroMQ 4 or later.",
  },
  MALFORMED_GREETING: {
    section: "RFC 37, Formal Grammar",
    hint:
      "It begins as ZMTP 3 and does not go on so: the peer is broken, " +
      "or something between you alters what it sends.",
  },
  MECHANISM_MISMATCH: {
    section: MECHANISMS,
    hint: "Both peers must use one security mechanism: set `mechanism` to the peer's, or change the peer.",
  },
  AS_SERVER: {
    section: MECHANISMS,
    hint: "Both peers are, or neither is, the server of this mechanism: change the role of one.",
  },

  // Frames.
  RESERVED_FLAGS: {
    section: FRAMING,
    hint: "Bits 3 to 7 of the flags octet are zero in ZMTP 3: the stream is out of step, or not ZMTP.",
  },
  COMMAND_WITH_MORE: {
    section: FRAMING,
    hint: "A command is one frame, so MORE is illegal on it: the peer is broken.",
  },
  FRAME_TOO_LARGE: {
    section: FRAMING,
    hint: "The frame is over maxFrameSize. Raise maxFrameSize if such frames are expected.",
  },
  ILLEGAL_LENGTH: { section: FRAMING, hint: "A frame holds at most 2^63-1 octets: the top bit of its length is zero." },
  TRUNCATED: {
    section: FRAMING,
    hint: "The peer or the network broke off inside a message: what is missing is lost.",
  },

  // Commands and the handshake.
  MALFORMED_COMMAND: {
    section: COMMANDS,
    hint: "A command body is a name length (1 to 255), a name of letters, then data as the command defines it.",
  },
  UNEXPECTED_MESSAGE: {
    section: MECHANISMS,
    hint: "Only commands travel before READY: the peer is broken.",
  },
  UNEXPECTED_COMMAND: {
    section: MECHANISMS,
    hint: "The handshake has no place for this command here: the peer is broken, or uses another mechanism.",
  },
  PEER_ERROR: {
    section: "RFC 37, Error Handling",
    hint: "The peer refused this connection and said so: its log tells more. Often it does not accept our socket type.",
  },
  PEER_CLOSED: {
    section: "RFC 37, Error Handling",
    hint:
      "libzmq closes without a word on another mechanism, no READY, malformed metadata, an unexpected command, or an " +
      "illegal pair of socket types: compare both ends.",
  },
  HANDSHAKE_TOO_LARGE: {
    section: SECURITY,
    hint: "No honest handshake is so large: give the peer less metadata, or find out who it is.",
  },
  MECHANISM_FAILED: {
    blame: "caller",
    section: MECHANISMS,
    hint: "This is a fault in the mechanism's code: the error stands in `cause`.",
  },
  MALFORMED_METADATA: {
    section: METADATA,
    hint:
      "A property is a name length (1 to 255), a name, a four-octet value length and the value, " +
      "all inside the command: the peer is broken.",
  },
  DUPLICATE_PROPERTY: {
    section: METADATA,
    hint: "Names are case-insensitive and each stands once: the peer must send this property once.",
  },
  TOO_MANY_PROPERTIES: {
    section: METADATA,
    hint: "No honest peer sends so many: put what it has to say into fewer of them.",
  },
  SOCKET_TYPE_MISSING: {
    section: SOCKET_TYPE,
    hint: "Every READY has a Socket-Type: the peer is broken.",
  },
  SOCKET_TYPE_UNKNOWN: { section: SOCKET_TYPE, hint: "The peer's Socket-Type is none that the RFC lists." },
  SOCKET_TYPE_MISMATCH: {
    section: SOCKET_TYPE,
    hint: "These two socket types may not talk to each other: change one of them.",
  },
  IDENTITY: {
    section: IDENTITY,
    hint: "An identity is 0 to 255 octets, and the first is not zero: change the peer's routing id.",
  },

  // Traffic.
  MALFORMED_PING: { section: HEARTBEAT, hint: "PING carries a two-octet TTL and a context: the peer is broken." },
  NOT_A_SUBSCRIBER: {
    blame: "caller",
    section: SUBSCRIPTIONS,
    hint: "Only SUB and XSUB subscribe: open the session as one of these.",
  },

  NOT_ACTIVE: { blame: "caller", hint: "Wait for HandshakeComplete before you send." },
  NOT_WAITING: {
    blame: "caller",
    hint: "`proceed` answers a Question event, once: no question of this session is open.",
  },
  STALE_BATCH: {
    blame: "caller",
    hint: "A borrowed batch is valid until the next call that decodes on this thread. Call toOwned() on what you keep.",
  },
} satisfies Record<string, Explanation>;

/** What only connections raise. */
export type ConnectionCode =
  | "MESSAGE_TOO_LARGE"
  | "NOT_A_SENDER"
  | "UNFINISHED_MESSAGE"
  | "TWO_LOOPS"
  | "TOO_MANY_SUBSCRIPTIONS"
  | "TOO_MANY_COMMANDS"
  | "HEARTBEAT_TIMEOUT"
  | "NOT_REACHED"
  | "NO_WEBSOCKET"
  | "CONNECT_TIMEOUT"
  | "HANDSHAKE_TIMEOUT"
  | "CONNECTION_LOST"
  | "RESET"
  | "CLOSED"
  | "LINGER_EXPIRED"
  | "NO_MECHANISM"
  | "THREAD_SILENT"
  | "THREAD_ENDED"
  | "TOO_MANY_HANDSHAKES"
  | "TOO_MANY_CONNECTIONS"
  | "MEMORY_LIMIT"
  | "LISTENER_CLOSED";

/** What only authenticators raise. */
export type AuthenticatorCode = "DENIED" | "AUTHENTICATOR_FAILED";

/** What went wrong, in one word. Mechanisms and transports outside this package may add codes of their own. */
export type ZmtpErrorCode = keyof typeof REFUSALS | ConnectionCode | AuthenticatorCode;

/** What may be said of an error beside its code and its message. */
export interface ZmtpErrorOptions {
  /** The octet that proves it, counted from the first octet the peer sent. */
  readonly offset?: number | undefined;
  /** The section of the RFC; default: that of the code. */
  readonly section?: string | undefined;
  /** Cause and remedy in a sentence; default: that of the code. */
  readonly hint?: string | undefined;
  /** What a peer was refused with, in the words of the wire. */
  readonly reason?: string | undefined;
  /** Default: that of the code, and "peer" for a code that this library does not know. */
  readonly blame?: Blame | undefined;
  /** The error beneath it, if there is one. */
  readonly cause?: unknown;
}

/** What went wrong between two peers, whose fault it is, and where to read on. */
export class ZmtpError extends Error {
  override readonly name = "ZmtpError";
  /** What went wrong, in one word: stable, for programs. */
  readonly code: ZmtpErrorCode | (string & {});
  /** Whose fault it is: the peer's, the caller's, or the network's. */
  readonly blame: Blame;
  /**
   * The octet that proves it, counted from the first octet the peer sent (of a stream without a greeting: from its
   * first octet).
   */
  readonly offset?: number;
  /** The section of the RFC that the octet breaks. */
  readonly section?: string;
  /** Cause and remedy, in plain words. */
  readonly hint?: string;
  /**
   * Why a peer was refused, in the words of the wire: the reason in its ERROR (PEER_ERROR), or the status that our
   * authenticator gave (DENIED), "400" say.
   */
  readonly reason?: string;

  /**
   * @param code - One of this library's codes, or one of your own for a mechanism or transport of your own. The hints
   *   and the blame of codes that only connections or authenticators raise come from these, and not from here.
   * @param message - What was seen, without a full stop. Section, offset and hint are appended.
   */
  constructor(code: ZmtpErrorCode | (string & {}), message: string, options: ZmtpErrorOptions = {}) {
    const known: Partial<Explanation> = Object.hasOwn(REFUSALS, code) ? REFUSALS[code as keyof typeof REFUSALS] : {};
    const { offset, hint = known.hint, section = known.section } = options;
    const where = [offset === undefined ? undefined : `octet ${offset}`, section].filter(Boolean).join("; ");
    super(`${message}${where && ` (${where})`}.${hint === undefined ? "" : ` ${hint}`}`, {
      ...("cause" in options ? { cause: options.cause } : {}),
    });
    this.code = code;
    this.blame = options.blame ?? known.blame ?? "peer";
    if (hint !== undefined) this.hint = hint;
    if (offset !== undefined) this.offset = offset;
    if (section !== undefined) this.section = section;
    if (options.reason !== undefined) this.reason = options.reason;
  }
}
