/** A live connection over ws://, told while it goes on. */
import { type Connection, connect, type SocketType } from "monocoque";
import type { Log } from "../model/log.js";
import { seeing } from "./octets-seen.js";

export const TYPES: readonly SocketType[] = [
  "SUB",
  "PULL",
  "PUSH",
  "DEALER",
  "REQ",
  "PAIR",
  "ROUTER",
  "REP",
  "PUB",
  "XSUB",
  "XPUB",
];

/** Milliseconds until an address that does not answer is given up. */
const PATIENCE = 10_000;

export interface Live {
  readonly connection: Connection;
  /** Whether what the user types is a prefix to subscribe to. */
  readonly subscribes: boolean;
}

/** Connects, and tells the log of all that passes; `changed` is called after each piece. */
export async function listen(url: string, socketType: SocketType, log: Log, changed: () => void): Promise<Live> {
  const began = performance.now();
  const conversation = log.begin(url, url, "zws");
  const now = () => (performance.now() - began) / 1000;
  const hear = (side: "client" | "server", octets: Uint8Array) => {
    log.read(conversation, side, octets, now());
    changed();
  };
  const signal = AbortSignal.timeout(PATIENCE);
  const connection = await seeing(hear, () => connect(url, { socketType, signal }));
  void drain(connection).then(() => {
    log.end(conversation, "server", now());
    changed();
  });
  return { connection, subscribes: socketType === "SUB" || socketType === "XSUB" };
}

/** Takes what comes until the connection is over: the log has seen it already. */
async function drain(connection: Connection): Promise<void> {
  try {
    for await (const batch of connection.batches()) void batch.length;
  } catch {
    // Why it ended stands in `connection.closed`, which the page tells.
  }
}
