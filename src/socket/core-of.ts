/** From the face of a socket to its core: for the modules of this layer alone. */
import type { SocketCore } from "./core.js";
import { fault } from "./errno.js";

let coreIn: (socket: object) => SocketCore | undefined = () => undefined;

/** @internal Called once by the class that has them. */
export function revealCores(reveal: typeof coreIn): void {
  coreIn = reveal;
}

/** @internal What stands behind a socket. Throws EINVAL for what is none. */
export function coreOf(socket: unknown): SocketCore {
  const core = typeof socket === "object" && socket !== null ? coreIn(socket) : undefined;
  if (core === undefined) throw fault("EINVAL");
  return core;
}
