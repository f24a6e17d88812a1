/** Octets out of a WHATWG stream, chunk after chunk: into one buffer of ours, where the source offers that. */

/** Octets asked for at a time where the source lets us bring the buffer. */
const READ = 128 * 1024;

/** How to read on, and how to leave off. */
export interface StreamReader {
  /** The next chunk, borrowed until the next call; undefined once the stream has ended. */
  readonly read: () => Promise<Uint8Array | undefined>;
  readonly cancel: (reason?: unknown) => Promise<unknown>;
}

/** Locks a stream, and reads it. */
export function readerOf(readable: ReadableStream<Uint8Array>): StreamReader {
  const reader = byobReader(readable);
  if (reader === undefined) {
    const plain = readable.getReader();
    return { read: async () => (await plain.read()).value, cancel: (reason?: unknown) => plain.cancel(reason) };
  }
  let buffer = new ArrayBuffer(READ);
  const read = async (): Promise<Uint8Array | undefined> => {
    const { value, done } = await reader.read(new Uint8Array(buffer));
    if (value) buffer = value.buffer as ArrayBuffer;
    return done ? undefined : value;
  };
  return { read, cancel: (reason?: unknown) => reader.cancel(reason) };
}

function byobReader(readable: ReadableStream<Uint8Array>): ReadableStreamBYOBReader | undefined {
  try {
    return readable.getReader({ mode: "byob" });
  } catch {
    return undefined;
  }
}
