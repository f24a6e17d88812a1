/** A peer made of a bare socket: it says just what a test wants, and breaks what a test wants broken. */
import { once } from "node:events";
import net from "node:net";
import { onTestFinished } from "vitest";
import { buildReady, encodeGreeting, type SocketType } from "../../src/index.js";
import { concat } from "./pieces.js";

/** What a peer says before its first message. */
export function hello(socketType: SocketType): Uint8Array {
  return concat(encodeGreeting(), buildReady({ socketType }));
}

/** Connects a bare socket to where a listener of ours listens. */
export async function rawDial(endpoint: string): Promise<net.Socket> {
  const socket = endpoint.startsWith("ipc://")
    ? net.connect(endpoint.slice("ipc://".length))
    : net.connect({ port: Number(endpoint.split(":").at(-1)), host: "127.0.0.1", allowHalfOpen: true });
  await once(socket, "connect");
  return tamed(socket);
}

/** Listens with bare sockets; `meet` is called with each. */
export async function rawListen(meet: (socket: net.Socket) => void): Promise<string> {
  const server = net.createServer({ allowHalfOpen: true }, (socket) => meet(tamed(socket)));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `tcp://127.0.0.1:${(server.address() as net.AddressInfo).port}`;
}

/** Everything the peer says until it closes. */
export async function everything(socket: net.Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk) => chunks.push(chunk));
  await new Promise((resolve) => socket.once("close", resolve).once("end", resolve));
  return Buffer.concat(chunks);
}

/** Writes, and waits until there is room for more or the peer has had enough. */
export async function write(socket: net.Socket, chunk: Uint8Array): Promise<void> {
  if (socket.write(chunk)) return;
  await new Promise<void>((resolve) => {
    const enough = () => {
      for (const event of ["drain", "close", "end"]) socket.off(event, enough);
      resolve();
    };
    for (const event of ["drain", "close", "end"]) socket.on(event, enough);
  });
}

function tamed(socket: net.Socket): net.Socket {
  socket.setNoDelay();
  // Whoever breaks things gets errors.
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  return socket;
}
