/** One handshake of any mechanism: its limits, and who the peer turns out to be. RFC 37, "Connection Metadata". */
import type { Limits } from "../codec/frame.js";
import { ZmtpError } from "../error.js";
import type { Command } from "./command.js";
import type { Greeting } from "./greeting.js";
import { COMMANDS_ONLY, MAX_HANDSHAKE_OCTETS, MESSAGES_TOO } from "./limits.js";
import type { Complete, Handshake, Mechanism, Progress } from "./mechanism.js";
import { type LocalInfo, type PeerInfo, peerOf, untypedPeer } from "./peer.js";

/** @internal */
export class HandshakeInProgress {
  /** A question is open: nothing is read until it has been answered. */
  waiting = false;
  readonly #handshake: Handshake;
  readonly #untyped: boolean;
  readonly #local: LocalInfo;
  readonly #greeting: Greeting;
  /** Where in the stream the handshake began. */
  readonly #begunAt: number;
  /** Where the data of the last command begins; undefined if a message came last. */
  #lastAt: number | undefined;

  /** Throws a ZmtpError if the mechanism refuses this peer's greeting. */
  constructor(mechanism: Mechanism, local: LocalInfo, greeting: Greeting, position: number) {
    this.#handshake = mechanism.begin(local, greeting);
    this.#untyped = mechanism.untyped ?? false;
    this.#local = local;
    this.#greeting = greeting;
    this.#begunAt = position;
  }

  /** Which frames may come now: commands, and messages if the mechanism reads them. */
  get limits(): Limits {
    return this.#handshake.receiveMessage === undefined ? COMMANDS_ONLY : MESSAGES_TOO;
  }

  open(): Uint8Array | undefined {
    return this.#handshake.open();
  }

  erase(): void {
    this.#handshake.erase?.();
  }

  receive(command: Command): Progress {
    this.#lastAt = command.position;
    return this.#handshake.receive(command);
  }

  /** Called only where the mechanism reads messages: elsewhere `limits` let none in. */
  receiveMessage(payload: Uint8Array): Progress {
    this.#lastAt = undefined;
    return (this.#handshake.receiveMessage as (payload: Uint8Array) => Progress)(payload);
  }

  /** Why the peer may have closed now, if the mechanism knows. */
  get closingHint(): string | undefined {
    return this.#handshake.closingHint;
  }

  /** Refuses a handshake that has come as far as `position` and takes more octets than it is given. */
  count(position: number): void {
    const octets = position - this.#begunAt;
    if (octets <= MAX_HANDSHAKE_OCTETS) return;
    throw new ZmtpError("HANDSHAKE_TOO_LARGE", `The peer's handshake has ${octets} octets and is not over`, {
      offset: this.#begunAt + MAX_HANDSHAKE_OCTETS,
    });
  }

  /** The peer as greeting, metadata and mechanism describe it. Throws a ZmtpError unless we may talk to it. */
  peerOf({ metadata, userId, publicKey }: Complete): PeerInfo {
    const who = { userId, publicKey };
    if (this.#untyped) return untypedPeer(this.#greeting, metadata, who);
    return peerOf(this.#greeting, metadata, this.#local.socketType, this.#lastAt, who);
  }
}
