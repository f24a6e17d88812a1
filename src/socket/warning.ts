/** Warnings: of the process, where there is one, else on the console. */

const { process } = globalThis as { process?: { emitWarning?: (text: string) => void } };

/** @internal Warns whoever runs the program. */
export function warn(text: string): void {
  if (process?.emitWarning !== undefined) process.emitWarning(text);
  else console.warn(text);
}
