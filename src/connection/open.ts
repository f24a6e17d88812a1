/** From a link that is being opened to a connection, or to the reason why there is none. */
import type { Connection } from "./connection.js";
import { Link } from "./link.js";
import type { LinkParts } from "./link-user.js";
import { Opening } from "./opening.js";
import type { LinkSettings } from "./options.js";

/** Makes a link, lets `begin` reach the peer, and resolves with the connection once its handshake is complete. */
export function open<P extends Uint8Array>(
  settings: LinkSettings,
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
