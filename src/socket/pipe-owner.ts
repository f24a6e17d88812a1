/** Whose end of a pipe it is, as the pipe and its other end see them. */
import type { PipeUser } from "./pipe.js";
import type { Settings } from "./settings.js";

/** A socket, to its pipes. */
export interface PipeOwner {
  readonly user: PipeUser;
  readonly settings: Settings;
  readonly identity: Uint8Array;
  /** Whether it keeps only the last message, each way. */
  readonly conflates: boolean;
}

/** The identity of a peer that has said none. */
export const NOBODY: Uint8Array = new Uint8Array(0);
