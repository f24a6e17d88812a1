/** Those who wait: for a message, or for a run of them. They are served in the order of their calls. */
import type { FrameBatch } from "../codec/batch.js";

/** What somebody who waits is given. */
export type Taken<T> = IteratorResult<T, undefined>;

/** What is there to be taken. */
export interface TakenFrom {
  /** The next message or run; undefined if nothing is there. */
  take(messages: boolean): Uint8Array[] | FrameBatch | undefined;
}

interface Taker {
  readonly messages: boolean;
  readonly resolve: (result: Taken<never>) => void;
}

const END: Taken<never> = { done: true, value: undefined };

/** Those who wait at one inbox. */
export class Takers {
  #waiting: Taker[] = [];

  /** Whether somebody waits. */
  get any(): boolean {
    return this.#waiting.length > 0;
  }

  /** Whether whoever is next waits for a message. */
  get wantMessage(): boolean {
    return this.#waiting[0]?.messages === true;
  }

  /** One more, who waits for a message, or else for a run. */
  add<T>(messages: boolean): Promise<Taken<T>> {
    return new Promise((resolve) => {
      this.#waiting.push({ messages, resolve });
    });
  }

  /** Gives this to whoever is next. */
  give(value: Uint8Array[] | FrameBatch): void {
    this.#waiting.shift()?.resolve({ done: false, value: value as never });
  }

  /** Gives what there is. */
  serve(source: TakenFrom): void {
    for (let taker = this.#waiting[0]; taker !== undefined; taker = this.#waiting[0]) {
      const value = source.take(taker.messages);
      if (value === undefined) return;
      this.give(value);
    }
  }

  /** Nothing comes any more. */
  end(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const { resolve } of waiting) resolve(END);
  }
}
