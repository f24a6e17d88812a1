/** A bare socket in another thread: it goes on while ours is busy. */
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import { onTestFinished } from "vitest";

/** Says `say[i]` as soon as it has been told to go and has heard `ask[i]` octets. Without a port it listens on one. */
const PEER = `
  const { parentPort, workerData: { port, first, say, ask, reads } } = require("node:worker_threads");
  const net = require("node:net");
  const meet = (socket) => {
    let heard = 0;
    socket.on("error", () => {});
    socket.on("data", (chunk) => { heard += chunk.length; speak(); });
    socket.on("close", () => parentPort.postMessage({ heard }));
    socket.write(first);
    if (!reads) socket.pause();
    let told = false;
    let at = 0;
    const speak = () => {
      for (; told && at < say.length && heard >= ask[at]; at++) socket.write(say[at]);
    };
    parentPort.on("message", () => { told = true; socket.resume(); speak(); });
    parentPort.postMessage("met");
  };
  if (port) {
    const socket = net.connect(port, "127.0.0.1", () => meet(socket));
  } else {
    const server = net.createServer({ allowHalfOpen: false }, meet).listen(0, "127.0.0.1", () => {
      parentPort.postMessage(server.address().port);
    });
  }
`;

/** What such a peer does. */
interface Role {
  /** Where it connects; left out, it listens. */
  readonly port?: number;
  /** What it says at once. */
  readonly first?: Uint8Array;
  /** What it says once it is told to go, each as soon as it has heard so many octets. */
  readonly says?: readonly (readonly [heard: number, words: Uint8Array])[];
  /** Whether it reads before it is told to go; default true. */
  readonly reads?: boolean;
}

/** A peer in another thread. */
export interface OtherThread {
  /** Where it listens; 0 if it connects. */
  readonly port: number;
  /** Resolves when it has met us. */
  readonly met: Promise<unknown>;
  /** Tells it to go on; it does at once, whatever this thread does. */
  go(): void;
  /** Octets that it heard until it was over. */
  readonly heard: Promise<number>;
}

export async function otherThread({
  port = 0,
  first = new Uint8Array(),
  says = [],
  reads = true,
}: Role): Promise<OtherThread> {
  const workerData = { port, first, reads, say: says.map(([, words]) => words), ask: says.map(([heard]) => heard) };
  const worker = new Worker(PEER, { eval: true, workerData });
  onTestFinished(async () => void (await worker.terminate()));
  const listensAt = port === 0 ? (((await once(worker, "message")) as number[])[0] as number) : 0;
  const met = once(worker, "message");
  const heard = met.then(() => once(worker, "message")).then(([said]) => (said as { heard: number }).heard);
  return { port: listensAt, met, heard, go: () => worker.postMessage("go") };
}
