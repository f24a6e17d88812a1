/**
 * Those who have come and are not in yet, counted in all and by address: the oldest makes room for the newest. RFC 37,
 * "Security Considerations".
 */
import type { ZmtpError } from "../../error.js";
import { connectionError } from "../fault.js";

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
  /** In the order in which they came. */
  readonly #all = new Set<Stranger>();
  readonly #byHost = new Map<string, number>();

  constructor(limits: StrangerLimits) {
    this.#limits = limits;
  }

  add(stranger: Stranger): void {
    this.#all.add(stranger);
    const host = hostOf(stranger.address);
    this.#byHost.set(host, (this.#byHost.get(host) ?? 0) + 1);
  }

  delete(stranger: Stranger): void {
    if (!this.#all.delete(stranger)) return;
    const host = hostOf(stranger.address);
    const left = (this.#byHost.get(host) ?? 1) - 1;
    if (left === 0) this.#byHost.delete(host);
    else this.#byHost.set(host, left);
  }

  /** Turns the oldest away, of those from the same address or of all, if there is one too many with this one. */
  makeRoomFor({ address }: Stranger): void {
    const { maxHandshakes, maxHandshakesPerAddress } = this.#limits;
    const host = hostOf(address);
    if ((this.#byHost.get(host) ?? 0) > maxHandshakesPerAddress) {
      this.#oldest(host)?.turnAway(tooMany(maxHandshakesPerAddress));
    } else if (this.#all.size > maxHandshakes) this.#oldest()?.turnAway(tooMany(maxHandshakes));
  }

  turnAwayAll(error: ZmtpError): void {
    for (const stranger of [...this.#all]) stranger.turnAway(error);
  }

  #oldest(host?: string): Stranger | undefined {
    for (const stranger of this.#all) {
      if (host === undefined || hostOf(stranger.address) === host) return stranger;
    }
    return undefined;
  }
}

/** An address without its port: peers of ipc:// have none and count as one. */
function hostOf(address: string | undefined): string {
  return address === undefined ? "" : address.slice(0, address.lastIndexOf(":"));
}

function tooMany(limit: number): ZmtpError {
  return connectionError("TOO_MANY_HANDSHAKES", `There are more than ${limit} handshakes at once`);
}
