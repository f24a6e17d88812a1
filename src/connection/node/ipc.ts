/** The path of an ipc:// endpoint: one that a dead process left behind is replaced, one that is lived in is not. */
import { unlink } from "node:fs/promises";
import { connect as knockAt } from "node:net";
import { dirname } from "node:path";

/** Listens on a path by `listening`, twice if the first time a dead process's path was in the way. */
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
    const socket = knockAt(path);
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
