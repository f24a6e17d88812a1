/** Pairs of byte streams, as different engines have them. */
import { once } from "node:events";
import net from "node:net";
import { Duplex } from "node:stream";
import { onTestFinished } from "vitest";
import type { ByteStreams } from "../../src/index.js";

type Ends = readonly [ByteStreams, ByteStreams];

/** Both ends of a TCP connection. */
export async function socketPair(): Promise<readonly [net.Socket, net.Socket]> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  const ours = net.connect(port, "127.0.0.1");
  const [[theirs]] = await Promise.all([once(server, "connection"), once(ours, "connect")]);
  server.close();
  onTestFinished(() => {
    ours.destroy();
    theirs.destroy();
  });
  return [ours, theirs];
}

export async function webSockets(): Promise<Ends> {
  const [ours, theirs] = await socketPair();
  return [Duplex.toWeb(ours) as ByteStreams, Duplex.toWeb(theirs) as ByteStreams];
}

/** Sockets again, with a readable that lets its reader bring the buffer. */
export async function byteSockets(): Promise<Ends> {
  const [ours, theirs] = await socketPair();
  return [bringYourOwnBuffer(ours), bringYourOwnBuffer(theirs)];
}

/** No sockets at all. */
export function transforms(): Ends {
  const there = new TransformStream<Uint8Array, Uint8Array>();
  const back = new TransformStream<Uint8Array, Uint8Array>();
  return [
    { readable: back.readable, writable: there.writable },
    { readable: there.readable, writable: back.writable },
  ];
}

function bringYourOwnBuffer(socket: net.Socket): ByteStreams {
  // Node 20's Writable.toWeb throws inside itself when its socket closes.
  const writable = new WritableStream<Uint8Array>({
    write: (chunk) =>
      new Promise((resolve, reject) => socket.write(chunk, (error) => (error ? reject(error) : resolve()))),
    close: () => new Promise((resolve) => socket.end(resolve)),
    abort: () => void socket.destroy(),
  });
  const chunks = socket[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  let rest = new Uint8Array(0);
  const readable = new ReadableStream({
    type: "bytes",
    async pull(controller) {
      if (rest.length === 0) {
        const { value, done } = await chunks.next();
        if (done) controller.close();
        else rest = new Uint8Array(value);
      }
      const view = controller.byobRequest?.view;
      if (!(view instanceof Uint8Array)) return;
      const taken = rest.subarray(0, view.length);
      view.set(taken);
      rest = rest.subarray(taken.length);
      controller.byobRequest?.respond(taken.length);
    },
  });
  return { readable, writable };
}
