/**
 * Faults that take time, volume or a network: the part of the catalogue that a stream of octets alone cannot show. What the peer does
 * stands here in words; `connections.test.ts` does it.
 */
import type { ZmtpErrorCode } from "../../src/index.js";

export interface ConnectionFault {
  readonly id: string;
  /** What the peer does. */
  readonly title: string;
  /** The option of ours that decides, and its default. */
  readonly option: string;
  readonly code: ZmtpErrorCode;
  /** Cause and remedy, in a plain sentence. */
  readonly hint: string;
}

export const connectionFaults: readonly ConnectionFault[] = [
  {
    id: "nobody",
    title: "nobody listens",
    option: "–",
    code: "NOT_REACHED",
    hint: "Nothing listens at this address: start the peer, or correct host and port.",
  },
  {
    id: "silence",
    title: "takes the connection and never speaks",
    option: "`handshakeTimeout`, 30 s",
    code: "HANDSHAKE_TIMEOUT",
    hint: "Something accepts connections there and is no ZeroMQ peer, or hangs: look at what listens on the port.",
  },
  {
    id: "trickle",
    title: "sends its greeting an octet at a time, slowly",
    option: "`handshakeTimeout`, 30 s",
    code: "HANDSHAKE_TIMEOUT",
    hint: "The peer is overloaded, or wants to hold many connections open: raise the time for the one, block the other.",
  },
  {
    id: "silent-after-greeting",
    title: "sends its greeting and no READY",
    option: "`handshakeTimeout`, 30 s",
    code: "HANDSHAKE_TIMEOUT",
    hint: "The peer hangs in its handshake: look at its log.",
  },
  {
    id: "endless-more",
    title: "a message of ever more empty frames",
    option: "`maxMessageFrames`, 65,536",
    code: "MESSAGE_TOO_LARGE",
    hint: "The peer never ends its message: it forgets the last frame, or is hostile; raise the limit if it is neither.",
  },
  {
    id: "endless-message",
    title: "a message of ever more octets, each frame within the limit",
    option: "`maxMessageSize`, 64 MiB",
    code: "MESSAGE_TOO_LARGE",
    hint: "The message is over the limit though no frame is: raise maxMessageSize if such messages are expected.",
  },
  {
    id: "ping-flood",
    title: "20,000 PINGs at once",
    option: "10,000 at once, then 1,000 a second",
    code: "TOO_MANY_COMMANDS",
    hint: "Nobody needs so many heartbeats: correct the peer's interval, or block it.",
  },
  {
    id: "unknown-flood",
    title: "20,000 commands that nobody knows",
    option: "10,000 at once, then 1,000 a second",
    code: "TOO_MANY_COMMANDS",
    hint: "The peer speaks an extension we do not know, and much of it: turn that off there.",
  },
  {
    id: "subscribe-flood",
    title: "subscribes to 60,000 prefixes of 250 octets",
    option: "16 MiB a peer, 320 octets and the prefix each",
    code: "TOO_MANY_SUBSCRIPTIONS",
    hint: "The peer subscribes without end: have it subscribe to fewer and shorter prefixes.",
  },
  {
    id: "reset",
    title: "resets the connection",
    option: "–",
    code: "RESET",
    hint: "The peer's process died or dropped us in a hurry: its log tells more, and connecting again is right.",
  },
  {
    id: "no-pong",
    title: "stays silent after our PING",
    option: "`heartbeat.timeout`, the interval",
    code: "HEARTBEAT_TIMEOUT",
    hint: "The peer or the network is gone without a goodbye: connect again, or allow slow peers a longer timeout.",
  },
  {
    id: "own-ttl",
    title: "stays silent for longer than the TTL of its own PING",
    option: "the peer's TTL",
    code: "HEARTBEAT_TIMEOUT",
    hint: "The peer asked to be given up after that silence: its process hangs, or the network is gone.",
  },
];
