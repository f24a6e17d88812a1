/** `Context` of version 5: its settings, those of the one context that all sockets share. */
import { context } from "./index.js";

/** The one context that there is in version 5. */
export class Context {
  /** Sets `context.ioThreads`. */
  static setMaxThreads(value: number): void {
    context.ioThreads = value;
  }

  /** The value of `context.ioThreads`. */
  static getMaxThreads(): number {
    return context.ioThreads;
  }

  /** Sets `context.maxSockets`. */
  static setMaxSockets(value: number): void {
    context.maxSockets = value;
  }

  /** The value of `context.maxSockets`. */
  static getMaxSockets(): number {
    return context.maxSockets;
  }

  /** @throws Always: there is one context, and it is there already. */
  constructor() {
    throw new Error("Context cannot be instantiated in compatibility mode");
  }
}
