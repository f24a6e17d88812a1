/** Every command, and the file that is loaded when it is called for. No RFC section: this is ours. */
import type { Command } from "./command.js";

/** A command that has not been loaded yet. */
interface Entry {
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

/** By their names, in the order of the help. */
export const COMMANDS: Readonly<Record<string, Entry>> = {};
