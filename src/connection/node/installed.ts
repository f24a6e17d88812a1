/** Whether an optional package is there, asked without loading it: what needs it can refuse at the call. */
import { createRequire } from "node:module";

/** @internal */
export function isInstalled(name: string): boolean {
  try {
    createRequire(import.meta.url).resolve(name);
    return true;
  } catch {
    return false;
  }
}
