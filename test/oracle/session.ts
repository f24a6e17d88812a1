/**
 * The oracle's session: what a NULL peer, or a PLAIN one (RFC 24), that holds to RFC 37 (and to RFC 23 where subscriptions travel as messages) reports
 * of a stream. It reads the whole stream at once; each event says how many octets must have arrived for it to be told.
 */
import {
  ascii,
  errorFault,
  latin,
  type OracleCommand,
  property,
  readCommand,
  readMetadata,
  readPing,
  writeCommand,
  writeProperty,
} from "./command.js";
import { type Fault, type OracleFrame, readFrame } from "./framing.js";
import { AS_SERVER, GREETING_SIZE, greetingFault, readGreeting } from "./greeting.js";
import { firstFault, type PlainRole, WANTED, writeHello } from "./plain.js";

/** "For each socket type, its legal peer types are as follows" */
export const LEGAL_PEERS: Readonly<Record<string, readonly string[]>> = {
  REQ: ["REP", "ROUTER"],
  REP: ["REQ", "DEALER"],
  DEALER: ["REP", "DEALER", "ROUTER"],
  ROUTER: ["REQ", "DEALER", "ROUTER"],
  PUB: ["SUB", "XSUB"],
  XPUB: ["SUB", "XSUB"],
  SUB: ["PUB", "XPUB"],
  XSUB: ["PUB", "XPUB"],
  PUSH: ["PULL"],
  PULL: ["PUSH"],
  PAIR: ["PAIR"],
  CLIENT: ["SERVER"],
  SERVER: ["CLIENT"],
  RADIO: ["DISH"],
  DISH: ["RADIO"],
  SCATTER: ["GATHER"],
  GATHER: ["SCATTER"],
  PEER: ["PEER"],
  CHANNEL: ["CHANNEL"],
};

/** "A REQ, DEALER, or ROUTER peer … MAY announce its identity … For all other socket types, the Identity property shall be ignored." */
const IDENTIFIED = ["REQ", "DEALER", "ROUTER"];

export interface OurSide {
  readonly socketType: string;
  readonly identity?: Uint8Array;
  readonly limit: number;
  /** Longest frame before the handshake is complete. No RFC names one; an implementation needs one. */
  readonly handshakeLimit: number;
  /** Which side of PLAIN we are; NULL if none. */
  readonly plain?: PlainRole | undefined;
}

export type OracleEvent = { readonly at: number } & (
  | { readonly type: "SendBytes"; readonly bytes: Uint8Array }
  /** An ERROR command; its reason "has no defined semantic value". */
  | { readonly type: "SendError" }
  | {
      readonly type: "HandshakeComplete";
      readonly socketType: string;
      readonly identity: Uint8Array;
      readonly version: { readonly major: number; readonly minor: number };
      readonly plain: PlainRole | undefined;
      readonly properties: readonly { readonly name: string; readonly value: Uint8Array }[];
    }
  | { readonly type: "Frame"; readonly start: number; readonly end: number; readonly more: boolean }
  | { readonly type: "Command"; readonly name: string; readonly data: Uint8Array }
  | ({ readonly type: "Error" } & Fault)
);

export interface Conversation {
  readonly events: readonly OracleEvent[];
  /** What it is for the peer to close now; undefined: its good right. */
  readonly end: Fault | undefined;
}

/** Reads the stream of a peer that says no more. */
export function converse(stream: Uint8Array, ours: OurSide): Conversation {
  const events: OracleEvent[] = [];
  const over = (at: number, fault: Fault): Conversation => {
    events.push({ at, type: "Error", ...fault });
    return { events, end: undefined };
  };
  const closed = (code: string): Conversation => ({ events, end: { code, offset: stream.length } });

  // connection = greeting handshake traffic
  const { plain } = ours;
  const wrong = greetingFault(stream, plain === undefined ? "NULL" : "PLAIN");
  if (wrong !== undefined) return over(wrong.offset + 1, wrong);
  if (stream.length < GREETING_SIZE) return closed("PEER_CLOSED");
  const greeting = readGreeting(stream);
  // "The PLAIN mechanism uses the greeting as-server field to identify which peer is client and which peer is server."
  if (plain === "server" && greeting.asServer) return over(GREETING_SIZE, { code: "AS_SERVER", offset: AS_SERVER });
  const opening = plain === undefined ? writeReady(ours) : plain === "client" ? writeHello() : undefined;
  if (opening !== undefined) events.push({ at: GREETING_SIZE, type: "SendBytes", bytes: opening });

  // null = ready *message | error
  // plain = C:hello ( S:welcome | S:error ) C:initiate ( S:ready | S:error )
  let arrived = GREETING_SIZE;
  const wanted = plain === undefined ? ["READY"] : WANTED[plain];
  for (const [step, name] of wanted.entries()) {
    const next = readFrame(stream, arrived, { limit: ours.handshakeLimit, commandsOnly: true });
    if (next.kind === "fault") return over(next.fault.offset + 1, next.fault);
    if (next.kind === "unfinished") return closed("PEER_CLOSED");
    arrived = next.frame.end;
    const command = readCommand(stream, next.frame);
    if ("code" in command) return over(arrived, command);
    if (command.name === "ERROR") return over(arrived, errorFault(command));
    if (command.name !== name) return over(arrived, { code: "UNEXPECTED_COMMAND", offset: command.nameAt });
    if (plain !== undefined && step === 0) {
      const fault = firstFault(plain, command);
      if (fault?.code === "DENIED") events.push({ at: arrived, type: "SendError" });
      if (fault !== undefined) return over(arrived, fault);
      const answer = plain === "client" ? writeReady(ours, "INITIATE") : writeCommand("WELCOME");
      events.push({ at: arrived, type: "SendBytes", bytes: answer });
      continue;
    }
    const peer = readPeer(command, ours);
    if ("code" in peer) {
      // "it SHOULD handle errors by returning an ERROR command, and then disconnecting the peer"
      if (peer.code.startsWith("SOCKET_TYPE_")) events.push({ at: arrived, type: "SendError" });
      return over(arrived, peer);
    }
    if (plain === "server") events.push({ at: arrived, type: "SendBytes", bytes: writeReady(ours) });
    events.push({ at: arrived, type: "HandshakeComplete", ...peer, version: greeting, plain });
  }

  // traffic = *(command | message)
  const subscriptions = ours.socketType === "PUB" || ours.socketType === "XPUB";
  let insideMessage = false;
  let at = arrived;
  for (;;) {
    const reading = readFrame(stream, at, { limit: ours.limit, commandsOnly: false });
    if (reading.kind === "fault") return over(reading.fault.offset + 1, reading.fault);
    if (reading.kind === "unfinished") {
      const whole = at === stream.length && !insideMessage;
      return whole ? { events, end: undefined } : closed("TRUNCATED");
    }
    const { frame } = reading;
    at = frame.end;
    if (frame.command) {
      const refused = takeCommand(stream, frame, events);
      if (refused !== undefined) return over(at, refused);
      continue;
    }
    const subscription = subscriptions && !insideMessage && !frame.more ? subscriptionIn(stream, frame) : undefined;
    events.push(
      subscription === undefined
        ? { at, type: "Frame", start: frame.start, end: frame.end, more: frame.more }
        : { at, type: "Command", name: subscription, data: stream.subarray(frame.start + 1, frame.end) },
    );
    insideMessage = frame.more;
  }
}

/** A command in traffic; what is wrong with it, if anything. */
function takeCommand(stream: Uint8Array, frame: OracleFrame, events: OracleEvent[]): Fault | undefined {
  const at = frame.end;
  const command = readCommand(stream, frame);
  if ("code" in command) return command;
  if (command.name === "ERROR") return errorFault(command);
  // "null = ready *message": READY comes once.
  if (command.name === "READY") return { code: "UNEXPECTED_COMMAND", offset: command.nameAt };
  if (command.name === "PING") {
    const ping = readPing(command);
    if ("code" in ping) return ping;
    // "it SHALL respond with a PONG command that echoes the ping-context"
    events.push({ at, type: "SendBytes", bytes: writeCommand("PONG", ping.context) });
  }
  events.push({ at, type: "Command", name: command.name, data: command.data });
  return undefined;
}

/** RFC 23, "The Publish-Subscribe Pattern": "subscribe = %x00 short-size %d1 subscription", "cancel = %x00 short-size %d0 subscription". */
function subscriptionIn(stream: Uint8Array, { start, end }: OracleFrame): string | undefined {
  if (start === end) return undefined;
  if (stream[start] === 1) return "SUBSCRIBE";
  return stream[start] === 0 ? "CANCEL" : undefined;
}

function readPeer(ready: OracleCommand, ours: OurSide) {
  const properties = readMetadata(ready);
  if ("code" in properties) return properties;
  const stated = property(properties, "Socket-Type");
  if (stated === undefined) return { code: "SOCKET_TYPE_MISSING", offset: ready.dataAt };
  const socketType = latin(stated.value);
  if (!Object.hasOwn(LEGAL_PEERS, socketType)) return { code: "SOCKET_TYPE_UNKNOWN", offset: ready.dataAt };
  if (!LEGAL_PEERS[ours.socketType].includes(socketType)) {
    return { code: "SOCKET_TYPE_MISMATCH", offset: ready.dataAt };
  }
  const identified = IDENTIFIED.includes(socketType) ? property(properties, "Identity") : undefined;
  const identity = identified?.value ?? new Uint8Array(0);
  // "identity = 0*255OCTET … The first octet of the Identity SHALL NOT be zero"
  if (identity.length > 255 || identity[0] === 0) return { code: "IDENTITY", offset: ready.dataAt };
  return { socketType, identity, properties };
}

/** READY, and INITIATE of PLAIN: Socket-Type first; Identity from those whose peers heed it, empty where there is none. */
export function writeReady(
  { socketType, identity }: Pick<OurSide, "socketType" | "identity">,
  name = "READY",
): Uint8Array {
  const properties = [writeProperty("Socket-Type", ascii(socketType))];
  if (identity !== undefined || IDENTIFIED.includes(socketType)) {
    properties.push(writeProperty("Identity", identity ?? new Uint8Array(0)));
  }
  return writeCommand(name, ...properties);
}
