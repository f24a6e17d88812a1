/** Whoever waits for a connection to be opened. */
import type { Connection } from "./connection.js";
import type { Ending } from "./ending.js";
import { type Faced, faceOf } from "./face.js";
import type { LinkUser } from "./link-user.js";

/** Hears of the handshake and the end of a link, here or in another thread, and makes a face between the two. */
export class Opening<P extends Uint8Array> implements LinkUser {
  readonly #succeed: (connection: Connection<P>) => void;
  readonly #fail: (ending: Ending) => void;
  #end: ((ending: Ending) => void) | undefined;

  /** Calls one of the two, once. */
  constructor(succeed: (connection: Connection<P>) => void, fail: (ending: Ending) => void) {
    this.#succeed = succeed;
    this.#fail = fail;
  }

  opened(link: Faced): void {
    const closed = new Promise<Ending>((resolve) => {
      this.#end = resolve;
    });
    this.#succeed(faceOf<P>(link, closed));
  }

  ended(_: Faced, ending: Ending): void {
    if (this.#end) this.#end(ending);
    else this.#fail(ending);
  }
}
