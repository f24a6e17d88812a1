/**
 * The platform's types that declarations of this package name, where no library declares them: without the DOM and
 * without Node's types each is an empty interface. Where one does, these merge with its own and add nothing.
 */
/// <reference lib="esnext.disposable" preserve="true" />
declare global {
  interface AbortSignal {}
  // biome-ignore lint/suspicious/noExplicitAny: the same parameters as in the libraries, or they would not merge.
  interface ReadableStream<R = any> {}
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  interface WritableStream<W = any> {}
  interface URL {}
  namespace WebAssembly {
    interface Module {}
  }
}

export type {};
