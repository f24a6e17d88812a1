/** Warnings: of the process, where there is one, else on the console. */

interface Engine {
  readonly process?: { emitWarning?: (text: string) => void };
}

/** @internal Warns whoever runs the program. */
export function warn(text: string, { process }: Engine = globalThis as Engine): void {
  if (process?.emitWarning !== undefined) process.emitWarning(text);
  else console.warn(text);
}
