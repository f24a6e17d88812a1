/** The option that no connection in another thread can have: a codec is memory of one thread. */

/** @throws A TypeError that names it. */
export function refuseCodec({ codec }: { readonly codec?: unknown }): void {
  if (codec === undefined) return;
  throw new TypeError("codec cannot be handed to another thread: leave it out, or leave out thread");
}
