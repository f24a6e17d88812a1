/** From a link that is being opened to a connection, or to the reason why there is none. */
import type { Connection } from "./connection.js";
import type { Ending } from "./ending.js";
import { type Faced, faceOf } from "./face.js";
import { Link } from "./link.js";
import type { LinkParts, LinkUser } from "./link-user.js";
import type { Settings } from "./options.js";

/** Makes a link, lets `begin` reach the peer, and resolves with the connection once its handshake is complete. */
export function open<P extends Uint8Array>(
  settings: Settings,
  parts: LinkParts,
  begin: (link: Link) => void,
): Promise<Connection<P>> {
  return new Promise((resolve, reject) => {
    const user = new Opening<P>(resolve, ({ error }) => reject(error));
    const link = new Link(settings, { ...parts, user });
    if (link.over) return;
    try {
      begin(link);
    } catch (error) {
      link.destroy(error);
    }
  });
}

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
