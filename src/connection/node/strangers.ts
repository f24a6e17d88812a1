/**
 * Those who have come and are not in yet, counted in all and by address: the oldest makes room for the newest. RFC 37,
 * "Security Considerations".
 */
import type { ZmtpError } from "../../error.js";
import { connectionError } from "../fault.js";
import { networkOf } from "./network.js";

/**
 * Somebody who has come and is not in yet: a link in its handshake, a socket before its upgrade to WebSocket, or one
 * whose address has to wait.
 */
export interface Stranger {
  readonly address: string | undefined;
  turnAway(error: ZmtpError): void;
}

/** How many there may be at once. */
export interface StrangerLimits {
  readonly maxHandshakes: number;
  readonly maxHandshakesPerAddress: number;
}

/** The strangers of one listener. */
export class Strangers {
  readonly #limits: StrangerLimits;
  /** Each with its network, in the order in which they came. */
  readonly #all = new Map<Stranger, string>();
  readonly #byNetwork = new Map<string, number>();

  constructor(limits: StrangerLimits) {
    this.#limits = limits;
  }

  add(stranger: Stranger): void {
    const network = networkOf(stranger.address);
    this.#all.set(stranger, network);
    this.#byNetwork.set(network, (this.#byNetwork.get(network) ?? 0) + 1);
  }

  delete(stranger: Stranger): void {
    const network = this.#all.get(stranger);
    if (network === undefined) return;
    this.#all.delete(stranger);
    const left = (this.#byNetwork.get(network) ?? 1) - 1;
    if (left === 0) this.#byNetwork.delete(network);
    else this.#byNetwork.set(network, left);
  }

  /** Turns the oldest away, of those from the same address or of all, if there is one too many with this one. */
  makeRoomFor(stranger: Stranger): void {
    const { maxHandshakes, maxHandshakesPerAddress } = this.#limits;
    const network = this.#all.get(stranger) ?? "";
    if ((this.#byNetwork.get(network) ?? 0) > maxHandshakesPerAddress) {
      this.#oldest(network)?.turnAway(tooMany(maxHandshakesPerAddress));
    } else if (this.#all.size > maxHandshakes) this.#oldest()?.turnAway(tooMany(maxHandshakes));
  }

  turnAwayAll(error: ZmtpError): void {
    for (const stranger of [...this.#all.keys()]) stranger.turnAway(error);
  }

  #oldest(network?: string): Stranger | undefined {
    for (const [stranger, its] of this.#all) if (network === undefined || its === network) return stranger;
    return undefined;
  }
}

function tooMany(limit: number): ZmtpError {
  return connectionError("TOO_MANY_HANDSHAKES", `There are more than ${limit} handshakes at once`);
}
