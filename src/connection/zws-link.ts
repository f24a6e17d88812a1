/**
 * What makes a link speak ZWS 2.0, ZMTP over WebSocket: identities stand in place of READY, frames have ZWS's form, and
 * there are no heartbeats. Everything else is the same session. RFC 45.
 */
import { zwsMechanism } from "../session/zws.js";
import type { LinkParts } from "./link-user.js";
import type { ConnectionOptions, LinkSettings } from "./options.js";
import { ZwsOutbox } from "./zws-outbox.js";

/**
 * ZWS has no PING. A page cannot send WebSocket's, and libzmq does not answer it. A peer's PING is answered by the
 * platform.
 */
export function refuseHeartbeat({ heartbeat }: ConnectionOptions): void {
  if (heartbeat) throw new TypeError("there are no heartbeats of ours over ws://: let the peer send them");
}

/**
 * What makes a link speak ZWS: its mechanism is the subprotocol's. Throws a TypeError for one of the caller's: if it
 * were ignored, peers would come in that it would have refused.
 */
export function zwsParts(settings: LinkSettings, parts: LinkParts = {}): [LinkSettings, LinkParts] {
  if (settings.mechanism !== undefined) {
    const { name } = settings.mechanism;
    throw new TypeError(`mechanism: no ${name} over ws://, use tcp:// or ipc://`);
  }
  return [
    { ...settings, mechanism: zwsMechanism },
    { outbox: new ZwsOutbox(), ...parts },
  ];
}
