/** How long to wait before a lost peer is reached for again. libzmq's ZMQ_RECONNECT_IVL and ZMQ_RECONNECT_IVL_MAX. */
import type { Settings } from "./settings.js";

export class ReconnectInterval {
  readonly #settings: Settings;
  #current: number | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** The peer has been there: the next wait is short again. */
  reset(): void {
    this.#current = undefined;
  }

  /**
   * Milliseconds; -1: not at all. With some chance in it, so that a thousand peers of one server do not come back at
   * once.
   */
  next(): number {
    const { reconnectInterval, reconnectMaxInterval } = this.#settings;
    if (reconnectInterval < 0) return -1;
    const current = this.#current ?? reconnectInterval;
    if (reconnectMaxInterval > reconnectInterval) this.#current = Math.min(current * 2, reconnectMaxInterval);
    return current + Math.floor(Math.random() * reconnectInterval);
  }
}
