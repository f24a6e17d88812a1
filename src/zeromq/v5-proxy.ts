/** `proxy` of version 5, by "message" events. */
import type { Socket } from "./v5-compat.js";

/** Which pairs can be proxied, and how many frames of an envelope a capture does not get. */
const PROXIED: Record<string, number> = {
  "push/pull": 0,
  "pull/push": 0,
  "xpub/xsub": 0,
  "router/dealer": 2,
  "xrep/xreq": 2,
};

/** Passes on what each of two sockets hears; `capture` gets what the back end has heard. */
export function proxy(frontend: Socket, backend: Socket, capture?: Socket): void {
  const envelope = PROXIED[`${frontend.type}/${backend.type}`];
  if (envelope === undefined) throw new Error("This socket type order is not supported in compatibility mode");
  frontend.on("message", (...message: unknown[]) => backend.send(message));
  backend.on("message", (...message: unknown[]) => {
    frontend.send(message);
    capture?.send(message.slice(envelope));
  });
}
