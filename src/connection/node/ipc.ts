/** The path of an ipc:// endpoint. A path left behind by a dead process is replaced. A live one is refused. */
import { unlink } from "node:fs/promises";
import { connect as connectTo } from "node:net";
import { dirname } from "node:path";

/** Listens on a path by calling `listening`, and once more if the path of a dead process was in the way. */
export async function listenOnPath(path: string, listening: () => Promise<void>): Promise<void> {
  try {
    await listening();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Node reports a folder that is not there as one that may not be written to.
    if (code === "EACCES" || code === "ENOENT") {
      (error as Error).message += ` (is there a folder ${dirname(path)}, and may this process write to it?)`;
    }
    if (code !== "EADDRINUSE" || (await answers(path))) throw error;
    await unlink(path);
    await listening();
  }
}

/** Whether somebody listens on the path. */
function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
