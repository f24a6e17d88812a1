/** One test, two packages: libzmq's addon says what is right, ours has to do the same. */
import { describe, onTestFinished } from "vitest";
import * as addon from "zeromq";
import * as ours from "../../src/zeromq/index.js";

export type Zmq = typeof addon;

addon.context.blocky = false;
ours.context.blocky = false;

const PACKAGES: readonly (readonly [string, Zmq])[] = [
  ["libzmq", addon],
  // Programs written for the one compile with the other.
  ["monocoque", ours as unknown as Zmq],
];

/** Both packages, over each of these transports. */
export function onBoth(what: string, transports: readonly string[], tests: Tests): void {
  for (const [name, zmq] of PACKAGES) onOne(`${what}: ${name}`, zmq, transports, tests);
}

/** Ours alone, where libzmq cannot be asked; the test says why. */
export function onOurs(what: string, transports: readonly string[], tests: Tests): void {
  onOne(what, PACKAGES[1][1], transports, tests);
}

type Tests = (zmq: Zmq, transport: Transport) => void;

function onOne(what: string, zmq: Zmq, transports: readonly string[], tests: Tests): void {
  for (const scheme of transports) describe(`${what} over ${scheme}`, () => tests(zmq, new Transport(scheme)));
}

let names = 0;

/** Where sockets meet. */
export class Transport {
  readonly scheme: string;

  constructor(scheme: string) {
    this.scheme = scheme;
  }

  /** An endpoint that any socket may bind. */
  get wildcard(): string {
    if (this.scheme === "inproc") return `inproc://test-${++names}`;
    return this.scheme === "ipc"
      ? `ipc:///tmp/monocoque-test-${process.pid}-${++names}`
      : `${this.scheme}://127.0.0.1:*`;
  }

  /** Binds, and says where. */
  async bind(socket: { bind(address: string): Promise<void>; lastEndpoint: string | null }): Promise<string> {
    await socket.bind(this.wildcard);
    return socket.lastEndpoint as string;
  }
}

/** A socket that closes when the test is over. */
export function closing<S extends { close(): void }>(socket: S): S {
  onTestFinished(() => socket.close());
  return socket;
}

/** The texts of a message's frames. */
export function texts(message: readonly Uint8Array[]): string[] {
  return message.map((frame) => Buffer.from(frame).toString());
}

/** Waits until it is so, for as long as a loaded machine may take. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 1000; tries++) {
    if (await isSo()) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error("it has not become so");
}

/** The code of the error that something ends in; undefined if it ends well. */
export async function codeOf(attempt: () => unknown): Promise<string | undefined> {
  try {
    await attempt();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code ?? (error as Error).name;
  }
}

/** Sends until the socket would wait, and says how many messages it took. */
export async function fill(socket: { send(message: string): Promise<void>; sendTimeout: number }): Promise<number> {
  socket.sendTimeout = 0;
  for (let sent = 0; sent < 100_000; sent++) {
    const code = await codeOf(() => socket.send(`message ${sent}`));
    if (code === "EAGAIN") return sent;
    if (code !== undefined) throw new Error(code);
  }
  throw new Error("it never got full");
}
