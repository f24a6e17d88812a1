/**
 * The catalogue of faults: what a peer can do wrong, octet by octet, and how we say so. It is data: the tests, `docs/faults.md` and
 * whoever diagnoses a peer read it. What libzmq does with the same octets stands in `libzmq.json`, filled by a run.
 */
import type { SocketType, ZmtpErrorCode } from "../../src/index.js";
import { ascii, writeCommand, writeProperty } from "../oracle/command.js";
import { join, writeFrame } from "../oracle/framing.js";

export interface Fault {
  /** Its name for programs. */
  readonly id: string;
  readonly group: "Greeting" | "Handshake" | "Traffic";
  /** What the peer does. */
  readonly title: string;
  /** What we are; libzmq gets the octets as the same type. */
  readonly ours: SocketType;
  /** All that the peer sends. */
  readonly octets: Uint8Array;
  /** What it does then: wait, or close. */
  readonly ending: "waits" | "closes";
  readonly code: ZmtpErrorCode;
  /** The octet that proves it, counted from the first one the peer sent. */
  readonly offset: number;
  readonly section: string;
  /** Cause and remedy, in a plain sentence. */
  readonly hint: string;
}

/** The longest payload that whoever tries these faults accepts. */
export const LIMIT = 1 << 20;

const NEGOTIATION = "RFC 37, Version Negotiation";
const GRAMMAR = "RFC 37, Formal Grammar";
const MECHANISMS = "RFC 37, Authentication and Confidentiality";
const ERRORS = "RFC 37, Error Handling";
const FRAMING = "RFC 37, Framing";
const COMMANDS = "RFC 37, Commands";
const METADATA = "RFC 37, Connection Metadata";
const SOCKET_TYPE = "RFC 37, The Socket-Type Property";
const IDENTITY = "RFC 37, The Identity Property";
const HEARTBEAT = "RFC 37, Connection Heartbeating";
const SECURITY = "RFC 37, Security Considerations";

const octets = (...parts: readonly (number | string | Uint8Array)[]): Uint8Array =>
  join(
    ...parts.map((part) => {
      if (typeof part === "number") return Uint8Array.of(part);
      return typeof part === "string" ? ascii(part) : part;
    }),
  );
const zeros = (count: number) => new Uint8Array(count);
const long = (flags: number, ...length: readonly [number, number, number, number, number, number, number, number]) =>
  octets(flags, Uint8Array.from(length));

/** A greeting whose mechanism is `name`. */
function greeting(name: string | Uint8Array = "NULL", asServer = 0): Uint8Array {
  const field = zeros(20);
  field.set(typeof name === "string" ? ascii(name) : name);
  return octets(0xff, zeros(7), 1, 0x7f, 3, 1, field, asServer, zeros(31));
}

const property = (name: string, value: string | Uint8Array) =>
  writeProperty(name, typeof value === "string" ? ascii(value) : value);
const ready = (...properties: readonly Uint8Array[]) => writeCommand("READY", ...properties);
const socketType = (name: string) => property("Socket-Type", name);
const hello = octets(greeting(), ready(socketType("DEALER"), property("Identity", "")));

/** Where READY's properties begin in the streams below. */
const PROPERTIES = 64 + 8;
/** Where traffic begins in those of its group. */
export const TRAFFIC = hello.length;

type Rest = Pick<Fault, "id" | "title" | "octets" | "code" | "offset" | "section" | "hint"> & Partial<Fault>;

const group = (name: Fault["group"], faults: readonly Rest[]): Fault[] =>
  faults.map((fault) => ({ group: name, ours: "ROUTER", ending: "waits", ...fault }));

/** Other protocols: refused at their first octet. */
function stranger(id: string, title: string, first: Uint8Array, who: string): Rest {
  const hint = `${who}: check the port, and that a ZeroMQ socket listens behind it.`;
  return { id, title, octets: first, code: "NOT_ZMTP", offset: 0, section: NEGOTIATION, hint };
}

function old(id: string, title: string, first: Uint8Array, offset: number): Rest {
  const hint = "The peer speaks ZMTP 1 or 2, which we do not downgrade to: update it to ZeroMQ 4 or later.";
  return { id, title, octets: first, code: "OLD_VERSION", offset, section: NEGOTIATION, hint };
}

function otherMechanism(name: string, offset: number): Rest {
  return {
    id: `mechanism-${name.toLowerCase()}`,
    title: `mechanism ${name}`,
    octets: greeting(name),
    code: "MECHANISM_MISMATCH",
    offset,
    section: MECHANISMS,
    hint: `The peer asks for ${name} and we for NULL: set both ends to the same mechanism.`,
  };
}

function malformedGreeting(id: string, title: string, first: Uint8Array, offset: number): Rest {
  const hint = "The peer's implementation writes a greeting that ZMTP 3 does not have: correct it there.";
  return { id, title, octets: first, code: "MALFORMED_GREETING", offset, section: GRAMMAR, hint };
}

function hangUp(id: string, title: string, first: Uint8Array, hint: string): Rest {
  return {
    id,
    title,
    octets: first,
    ending: "closes",
    code: "PEER_CLOSED",
    offset: first.length,
    section: ERRORS,
    hint,
  };
}

const OTHER_MECHANISM = "Its mechanism is probably PLAIN or CURVE and ours NULL: compare the two, and look at its log.";

const greetings = group("Greeting", [
  stranger(
    "http",
    "an HTTP request",
    ascii("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"),
    "A browser or HTTP client is calling",
  ),
  stranger("http2", "HTTP/2's preface", ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), "An HTTP/2 client is calling"),
  stranger(
    "tls",
    "a TLS handshake",
    octets(0x16, 3, 1, 2, 0, 1, 0, 1, 0xfc, 3, 3, zeros(32)),
    "The peer speaks TLS, which ZMTP does not",
  ),
  stranger("ssh", "an SSH banner", ascii("SSH-2.0-OpenSSH_9.6\r\n"), "An SSH server or client is at the other end"),
  stranger("redis", "a Redis command", ascii("*1\r\n$4\r\nPING\r\n"), "A Redis client is calling"),
  stranger("amqp", "AMQP's header", octets("AMQP", 0, 0, 9, 1), "A RabbitMQ client is calling"),
  stranger("mqtt", "an MQTT CONNECT", octets(0x10, 12, 0, 4, "MQTT", 4, 2, 0, 60, 0, 0), "An MQTT client is calling"),
  stranger("smtp", "an SMTP banner", ascii("220 mail.example ESMTP\r\n"), "A mail server is at the other end"),
  stranger("mysql", "MySQL's greeting", octets(0x4a, 0, 0, 0, 10, "8.0.36", 0), "A MySQL server is at the other end"),
  stranger(
    "postgres",
    "PostgreSQL's SSLRequest",
    octets(0, 0, 0, 8, 4, 0xd2, 0x16, 0x2f),
    "A PostgreSQL client is calling",
  ),
  stranger("zmtp1", "ZMTP 1.0, anonymous", octets(1, 0), "A ZeroMQ 2 peer greets like this; update it to ZeroMQ 4"),
  stranger(
    "zmtp1-identity",
    "ZMTP 1.0 with an identity",
    octets(6, 0, "alice"),
    "A ZeroMQ 2 peer greets like this; update it to ZeroMQ 4",
  ),
  stranger(
    "signature-start",
    "a signature that begins with 0xfe",
    octets(0xfe, zeros(8), 0x7f, 3),
    "No ZeroMQ peer begins so",
  ),
  old("zmtp1-long", "ZMTP 1.0 with a long length", octets(0xff, zeros(7), 1, 0), 9),
  old("signature-end", "a signature that ends with 0x7e", octets(0xff, zeros(8), 0x7e, 3, 1), 9),
  old("version-0", "major version 0", octets(0xff, zeros(7), 1, 0x7f, 0), 10),
  old("zmtp2", "ZMTP 2.0, a DEALER", octets(0xff, zeros(7), 1, 0x7f, 1, 5, 0, 0), 10),
  old("version-2", "major version 2", octets(0xff, zeros(7), 1, 0x7f, 2, 5, 0, 0), 10),
  otherMechanism("PLAIN", 12),
  otherMechanism("CURVE", 12),
  otherMechanism("GSSAPI", 12),
  otherMechanism("KERBEROS", 12),
  otherMechanism("NUL", 15),
  otherMechanism("NULLX", 16),
  malformedGreeting("mechanism-lower-case", "mechanism null, in small letters", greeting("null"), 12),
  malformedGreeting("mechanism-empty", "no mechanism at all", greeting(""), 12),
  malformedGreeting("mechanism-spaces", "a mechanism padded with spaces", greeting("NULL".padEnd(20)), 16),
  malformedGreeting("mechanism-behind-zero", "octets behind the mechanism's end", greeting("NULL\0X"), 17),
  {
    id: "as-server-1",
    title: "as-server 1 under NULL",
    octets: octets(greeting("NULL", 1), ready(socketType("DEALER"))),
    code: "AS_SERVER",
    offset: 32,
    section: MECHANISMS,
    hint: "NULL has no server: turn the server option off at the peer, or use the mechanism it belongs to.",
  },
  malformedGreeting("as-server-2", "as-server 2", octets(greeting("NULL", 2), ready(socketType("DEALER"))), 32),
  hangUp("closes-silent", "closes without a word", zeros(0), OTHER_MECHANISM),
  hangUp("closes-1", "closes after 1 octet", greeting().subarray(0, 1), OTHER_MECHANISM),
  hangUp(
    "closes-signature",
    "closes after its signature",
    greeting().subarray(0, 10),
    `${OTHER_MECHANISM} A ZMTP 2.0 peer does the same.`,
  ),
  hangUp("closes-version", "closes after its major version", greeting().subarray(0, 11), OTHER_MECHANISM),
  hangUp(
    "closes-mechanism",
    "closes after its mechanism",
    greeting().subarray(0, 32),
    "It read our greeting and left: its log has the reason.",
  ),
  hangUp(
    "closes-63",
    "closes one octet before its greeting is whole",
    greeting().subarray(0, 63),
    "It broke off: look at the peer's log and at what stands between.",
  ),
]);

function handshakeCommand(
  id: string,
  title: string,
  command: Uint8Array,
  code: ZmtpErrorCode,
  offset: number,
  section: string,
  hint: string,
): Rest {
  return { id, title, octets: octets(greeting(), command), code, offset, section, hint };
}

const malformedMetadata = (id: string, title: string, properties: Uint8Array, offset: number) =>
  handshakeCommand(
    id,
    title,
    ready(socketType("DEALER"), properties),
    "MALFORMED_METADATA",
    offset,
    METADATA,
    "The peer writes its properties wrongly: each is a name length, a name, four octets of size, a value; correct it there.",
  );
/** Where a second property begins, behind the Socket-Type of a DEALER. */
const SECOND = PROPERTIES + socketType("DEALER").length;

const wrongType = (id: string, title: string, name: string, code: ZmtpErrorCode, hint: string) =>
  handshakeCommand(id, title, ready(socketType(name)), code, PROPERTIES, SOCKET_TYPE, hint);

const handshakes = group("Handshake", [
  hangUp(
    "closes-greeting",
    "closes after its greeting",
    greeting(),
    "It did not like our greeting or READY: compare mechanism and socket types.",
  ),
  hangUp(
    "closes-ready",
    "closes in the middle of READY",
    hello.subarray(0, 80),
    "It broke off in its handshake: look at the peer's log.",
  ),
  handshakeCommand(
    "message-first",
    "a message before READY",
    octets(0, 5, "hello"),
    "UNEXPECTED_MESSAGE",
    64,
    MECHANISMS,
    "The peer leaves READY out: its implementation lacks the handshake; add it there.",
  ),
  handshakeCommand(
    "subscription-first",
    "a subscription before READY",
    octets(0, 1, 1),
    "UNEXPECTED_MESSAGE",
    64,
    MECHANISMS,
    "The peer subscribes before it is ready: it must wait for both READYs.",
  ),
  handshakeCommand(
    "ping-first",
    "PING before READY",
    writeCommand("PING", zeros(2)),
    "UNEXPECTED_COMMAND",
    67,
    MECHANISMS,
    "The peer sends heartbeats before the handshake: it must wait for both READYs.",
  ),
  handshakeCommand(
    "plain-hello",
    "PLAIN's HELLO under NULL",
    writeCommand("HELLO", octets(3, "bob", 3, "sun")),
    "UNEXPECTED_COMMAND",
    67,
    MECHANISMS,
    "The peer begins PLAIN's handshake after it announced NULL: correct its mechanism.",
  ),
  handshakeCommand(
    "unknown-command",
    "a command of its own before READY",
    writeCommand("BONJOUR"),
    "UNEXPECTED_COMMAND",
    67,
    MECHANISMS,
    "NULL has READY and ERROR only: correct the peer's handshake.",
  ),
  handshakeCommand(
    "error-reason",
    "ERROR with a reason",
    writeCommand("ERROR", octets(7, "go-away")),
    "PEER_ERROR",
    PROPERTIES,
    ERRORS,
    "The peer refuses us and says why: act on its reason, and look at its log.",
  ),
  handshakeCommand(
    "error-zap",
    "ERROR 400, from ZAP",
    writeCommand("ERROR", octets(3, "400")),
    "PEER_ERROR",
    PROPERTIES,
    ERRORS,
    "The peer's authenticator denied us: its ZAP handler has to let our address in.",
  ),
  handshakeCommand(
    "error-empty",
    "ERROR with an empty reason",
    writeCommand("ERROR", octets(0)),
    "PEER_ERROR",
    PROPERTIES,
    ERRORS,
    "The peer refuses us without saying why: look at its log.",
  ),
  handshakeCommand(
    "error-overlong",
    "ERROR whose reason is cut off",
    writeCommand("ERROR", octets(9, "400")),
    "MALFORMED_COMMAND",
    PROPERTIES,
    COMMANDS,
    "The peer refuses us in a command that is malformed itself: look at its log.",
  ),
  wrongType(
    "type-unknown",
    "an unknown Socket-Type",
    "TELEPATH",
    "SOCKET_TYPE_UNKNOWN",
    "The peer names a socket type that ZeroMQ does not have: correct it there.",
  ),
  wrongType(
    "type-lower-case",
    "a Socket-Type in small letters",
    "dealer",
    "SOCKET_TYPE_UNKNOWN",
    "Socket types are written in capitals: correct it at the peer.",
  ),
  wrongType(
    "type-empty",
    "an empty Socket-Type",
    "",
    "SOCKET_TYPE_UNKNOWN",
    "The peer does not say what it is: it must name its socket type.",
  ),
  wrongType(
    "type-illegal",
    "a PUB that meets a ROUTER",
    "PUB",
    "SOCKET_TYPE_MISMATCH",
    "These types do not talk to each other: change one end, here to DEALER, REQ or ROUTER.",
  ),
  {
    ...wrongType(
      "type-same",
      "a PUSH that meets a PUSH",
      "PUSH",
      "SOCKET_TYPE_MISMATCH",
      "Both ends push: make one of them PULL.",
    ),
    ours: "PUSH",
  },
  handshakeCommand(
    "type-missing",
    "READY without Socket-Type",
    ready(),
    "SOCKET_TYPE_MISSING",
    PROPERTIES,
    SOCKET_TYPE,
    "The peer's READY does not say what it is: add Socket-Type there (libzmtp leaves it out).",
  ),
  handshakeCommand(
    "property-twice",
    "a property twice",
    ready(socketType("DEALER"), socketType("DEALER")),
    "DUPLICATE_PROPERTY",
    SECOND,
    METADATA,
    "The peer names a property twice: it must send each once.",
  ),
  handshakeCommand(
    "property-case",
    "a property twice, in another case",
    ready(socketType("DEALER"), property("SOCKET-TYPE", "DEALER")),
    "DUPLICATE_PROPERTY",
    SECOND,
    METADATA,
    "Case does not tell properties apart: the peer must send each once.",
  ),
  malformedMetadata("name-0", "a property whose name has no octets", property("", "x"), SECOND),
  malformedMetadata("name-space", "a property's name with a space", property("X Y", "x"), SECOND),
  malformedMetadata("name-cut", "a property's name past the end", octets(20, "X-Note"), SECOND),
  malformedMetadata("value-missing", "a property without a value", octets(6, "X-Note"), SECOND + 7),
  malformedMetadata("size-cut", "two octets of a value's size", octets(6, "X-Note", 0, 0), SECOND + 7),
  malformedMetadata("size-past-end", "a value past the end", octets(6, "X-Note", 0, 0, 0, 9, "four"), SECOND + 7),
  malformedMetadata("size-2-31", "a value of 2^31 octets", octets(6, "X-Note", 0x80, 0, 0, 0, "four"), SECOND + 7),
  malformedMetadata(
    "size-2-32",
    "a value of 2^32-1 octets",
    octets(6, "X-Note", 255, 255, 255, 255, "four"),
    SECOND + 7,
  ),
  handshakeCommand(
    "identity-zero",
    "an identity that begins with 0",
    ready(socketType("DEALER"), property("Identity", octets(0, "abc"))),
    "IDENTITY",
    PROPERTIES,
    IDENTITY,
    "Identities that begin with 0 are ROUTER's own: give the peer another routing id.",
  ),
  handshakeCommand(
    "identity-256",
    "an identity of 256 octets",
    ready(socketType("DEALER"), property("Identity", "i".repeat(256))),
    "IDENTITY",
    PROPERTIES + 7,
    IDENTITY,
    "An identity has at most 255 octets: give the peer a shorter routing id.",
  ),
  handshakeCommand(
    "command-empty",
    "a command without a body",
    octets(4, 0),
    "MALFORMED_COMMAND",
    66,
    COMMANDS,
    "A command has a name: the peer's implementation leaves it out; correct it there.",
  ),
  handshakeCommand(
    "command-name-0",
    "a command whose name has no octets",
    octets(4, 2, 0, 0),
    "MALFORMED_COMMAND",
    66,
    COMMANDS,
    "A command has a name: the peer's implementation leaves it out; correct it there.",
  ),
  handshakeCommand(
    "command-name-cut",
    "a command's name past the end",
    octets(4, 3, 5, "RE"),
    "MALFORMED_COMMAND",
    66,
    COMMANDS,
    "The command is shorter than its own name: the peer counts wrongly; correct it there.",
  ),
  handshakeCommand(
    "command-name-digit",
    "a command's name with a digit",
    writeFrame(octets(6, "READY2"), { command: true }),
    "MALFORMED_COMMAND",
    72,
    COMMANDS,
    "Names of commands are letters: correct it at the peer.",
  ),
  handshakeCommand(
    "ready-more",
    "READY with MORE",
    octets(5, 0),
    "COMMAND_WITH_MORE",
    64,
    FRAMING,
    "A command is one frame: the peer must not set MORE on it.",
  ),
  handshakeCommand(
    "ready-reserved",
    "READY with a reserved flag",
    octets(0x0c, 0),
    "RESERVED_FLAGS",
    64,
    FRAMING,
    "Flags 3 to 7 are zero in ZMTP 3: the peer's implementation sets them, or is out of step.",
  ),
  handshakeCommand(
    "ready-huge",
    "READY of 16 MiB",
    long(6, 0, 0, 0, 0, 1, 0, 0, 0),
    "FRAME_TOO_LARGE",
    69,
    SECURITY,
    "No honest peer has so much to say of itself: reduce its metadata, or find out who it is.",
  ),
]);

function inTraffic(
  id: string,
  title: string,
  frames: Uint8Array,
  code: ZmtpErrorCode,
  offset: number,
  section: string,
  hint: string,
): Rest {
  return { id, title, octets: octets(hello, frames), code, offset: TRAFFIC + offset, section, hint };
}

const OUT_OF_STEP = "The peer's stream is out of step or is not ZMTP 3: correct the length or the flags it writes.";

const cutOff = (id: string, title: string, frames: Uint8Array): Rest => ({
  ...inTraffic(
    id,
    title,
    frames,
    "TRUNCATED",
    frames.length,
    FRAMING,
    "The peer or the network broke off: what is missing is lost, so have it sent again.",
  ),
  ending: "closes",
});

const traffic = group("Traffic", [
  inTraffic("reserved-3", "flag 3 set", octets(8, 0), "RESERVED_FLAGS", 0, FRAMING, OUT_OF_STEP),
  inTraffic(
    "reserved-7",
    "flag 7 set, behind a good message",
    octets(0, 1, "a", 0x80, 0),
    "RESERVED_FLAGS",
    3,
    FRAMING,
    OUT_OF_STEP,
  ),
  inTraffic("text", "text in place of frames", ascii("GET / HTTP/1.1\r\n"), "RESERVED_FLAGS", 0, FRAMING, OUT_OF_STEP),
  inTraffic(
    "command-more",
    "a command with MORE",
    octets(5, 5, 4, "PING"),
    "COMMAND_WITH_MORE",
    0,
    FRAMING,
    "A command is one frame: the peer must not set MORE on it.",
  ),
  inTraffic(
    "top-bit",
    "a length with its top bit set",
    long(2, 0x80, 0, 0, 0, 0, 0, 0, 1),
    "ILLEGAL_LENGTH",
    1,
    FRAMING,
    "No frame is that long: the peer writes lengths wrongly; correct it there.",
  ),
  inTraffic(
    "length-2-63",
    "a length of 2^63-1",
    long(2, 0x7f, 255, 255, 255, 255, 255, 255, 255),
    "FRAME_TOO_LARGE",
    1,
    FRAMING,
    "A frame is over the limit: raise maxFrameSize if such frames are expected, else correct the peer.",
  ),
  inTraffic(
    "length-4-gib",
    "a length of 4 GiB",
    long(2, 0, 0, 0, 1, 0, 0, 0, 0),
    "FRAME_TOO_LARGE",
    4,
    FRAMING,
    "A frame is over the limit: raise maxFrameSize if such frames are expected, else correct the peer.",
  ),
  inTraffic(
    "over-limit",
    "one octet over the limit",
    long(2, 0, 0, 0, 0, 0, 0x10, 0, 1),
    "FRAME_TOO_LARGE",
    8,
    FRAMING,
    "A frame is over the limit: raise maxFrameSize if such frames are expected, else send less.",
  ),
  inTraffic(
    "little-endian",
    "a length of 16 in the wrong byte order",
    octets(long(2, 16, 0, 0, 0, 0, 0, 0, 0), zeros(16)),
    "FRAME_TOO_LARGE",
    1,
    FRAMING,
    "The length reads as enormous: the peer writes it little-endian and must write network order.",
  ),
  inTraffic(
    "command-empty-traffic",
    "a command without a body",
    octets(4, 0),
    "MALFORMED_COMMAND",
    2,
    COMMANDS,
    "A command has a name: the peer leaves it out; correct it there.",
  ),
  inTraffic(
    "command-overlong",
    "a command's name past the end",
    octets(4, 5, 0xff, "PING"),
    "MALFORMED_COMMAND",
    2,
    COMMANDS,
    "The command is shorter than its own name: the peer counts wrongly; correct it there.",
  ),
  inTraffic(
    "command-binary",
    "a command's name of binary octets",
    octets(4, 3, 2, 0, 1),
    "MALFORMED_COMMAND",
    3,
    COMMANDS,
    "Names of commands are letters: the peer marks data as a command; clear its COMMAND flag.",
  ),
  inTraffic(
    "ping-bare",
    "PING without a TTL",
    writeCommand("PING"),
    "MALFORMED_PING",
    7,
    HEARTBEAT,
    "PING has a TTL of two octets: the peer must send it, zero if it has none.",
  ),
  inTraffic(
    "ping-short",
    "PING with one octet of TTL",
    writeCommand("PING", zeros(1)),
    "MALFORMED_PING",
    7,
    HEARTBEAT,
    "PING has a TTL of two octets: the peer sends one.",
  ),
  inTraffic(
    "ready-twice",
    "READY in mid-stream",
    octets(0, 1, "a", ready(socketType("DEALER"))),
    "UNEXPECTED_COMMAND",
    6,
    MECHANISMS,
    "The peer begins its handshake again: it must open another connection for that.",
  ),
  inTraffic(
    "error-traffic",
    "ERROR in mid-stream",
    octets(0, 1, "a", writeCommand("ERROR", octets(3, "500"))),
    "PEER_ERROR",
    11,
    ERRORS,
    "The peer gives up and says why: act on its reason, and look at its log.",
  ),
  cutOff("cut-flags", "closes behind a frame's flags", octets(0, 1, "a", 0)),
  cutOff("cut-length", "closes inside a long length", octets(2, 0, 0, 0)),
  cutOff("cut-payload", "closes inside a payload", octets(0, 5, "ab")),
  cutOff("cut-large", "closes behind the header of a large frame", long(2, 0, 0, 0, 0, 0, 8, 0, 0)),
  cutOff("cut-message", "closes between the frames of a message", octets(1, 1, "a", 1, 1, "b")),
  cutOff("cut-command", "closes inside a command", octets(4, 7, 4, "PIN")),
]);

export const catalogue: readonly Fault[] = [...greetings, ...handshakes, ...traffic];
