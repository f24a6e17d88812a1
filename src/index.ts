/** Monocoque: a ZMTP 3.1 peer (RFC 37) in three layers, each usable alone. Universal: no built-ins of any engine. */
export type { FrameBatch } from "./codec/batch.js";
export type { Codec } from "./codec/codec.js";
export { FrameDecoder } from "./codec/decoder.js";
export { defaultCodec } from "./codec/default.js";
export { encodeFrame, encodeMessage, FrameEncoder } from "./codec/encoder.js";
export type { Frame } from "./codec/frame.js";
export { jsCodec } from "./codec/js.js";
export type { Message, Octets, Payload } from "./codec/payload.js";
export { FrameDecoderStream, FrameEncoderStream } from "./codec/streams.js";
export { wasmCodec } from "./codec/wasm.js";
export { connect } from "./connection/connect.js";
export type { Connection, ThreadMemory } from "./connection/connection.js";
export { overTransport } from "./connection/custom.js";
export type { EndedBy, Ending } from "./connection/ending.js";
export type { ConnectionOptions, HeartbeatOptions } from "./connection/options.js";
export type { ByteStreams } from "./connection/stream-transport.js";
export { overStreams } from "./connection/streams.js";
export type { FrameFlags, Transport, TransportUser } from "./connection/transport.js";
export { type Blame, ZmtpError, type ZmtpErrorCode, type ZmtpErrorOptions } from "./error.js";
export { nullServer } from "./mechanism/null-server.js";
export { type PlainCheck, type PlainCredentials, type PlainPeer, plainClient, plainServer } from "./mechanism/plain.js";
export type { Verdict, ZapHandler, ZapOptions, ZapReply, ZapRequest } from "./mechanism/zap.js";
export { type Command, encodeCommand, parseCommand } from "./session/command.js";
export type { SessionBatchEvent, SessionEvent } from "./session/event.js";
export { encodeGreeting, type Greeting, parseGreeting, type Version } from "./session/greeting.js";
export type {
  Complete,
  Handshake,
  Mechanism,
  MechanismRecipe,
  Progress,
  Traffic,
  Unsealed,
} from "./session/mechanism.js";
export { encodeMetadata, Metadata, parseMetadata } from "./session/metadata.js";
export type { LocalInfo, LocalPeer, PeerInfo } from "./session/peer.js";
export { buildReady } from "./session/ready.js";
export { type SessionOptions, type SessionState, ZmtpSession } from "./session/session.js";
export type { SocketType } from "./session/socket-type.js";
