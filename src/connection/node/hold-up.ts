/** Lets whoever has to wait do so before anything of it is read. RFC 37, "Security Considerations". */
import type { Socket } from "node:net";
import { after } from "../timer.js";

/** Lets a socket wait, unread. `then` is called unless it is gone by then. */
export function holdUp(socket: Socket, milliseconds: number, then: () => void, gone: () => void): void {
  const ignored = () => {};
  const left = () => {
    clearTimeout(timer);
    gone();
  };
  const timer = after(milliseconds, () => {
    socket.off("close", left);
    socket.off("error", ignored);
    then();
  });
  socket.on("error", ignored);
  socket.once("close", left);
}
