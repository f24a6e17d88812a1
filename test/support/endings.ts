/**
 * Every kind of end, as data: how to bring it about, and what a program sees of it. The table in docs/endings.md says
 * the same.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { type Connection, encodeFrame, encodeMessage, type NodeConnectionOptions } from "../../src/node.js";
import { accepted, listening } from "./connections.js";
import { concat, pattern } from "./pieces.js";
import { hello, rawDial } from "./raw.js";

/** What the peer says before the end. */
export const BEFORE = "before";

/** A connection of ours whose end can be brought about. */
export interface Doomed {
  readonly connection: Connection;
  /** Brings the end about. */
  end(): unknown;
}

/** One row of the table. */
export interface KindOfEnd {
  readonly what: string;
  /** What an iteration still gives that was not waiting: everything that had come, or nothing. */
  readonly iteration: "ends, after what came" | "ends at once";
  readonly by: "close" | "destroy" | "peer" | "lost" | "fault" | "timeout";
  /** The error's code, "the reason" for whatever was given, "none". */
  readonly error: string;
  readonly send: "throws CLOSED" | "false";
  readonly arrange: () => Promise<Doomed>;
}

export const REASON = new Error("enough");
const SOCKET = "PAIR";
const said = () => concat(hello(SOCKET), encodeMessage(BEFORE));

async function meeting(options: Partial<NodeConnectionOptions> = {}): Promise<[Connection, Socket]> {
  const listener = await listening("tcp://127.0.0.1:0", { socketType: SOCKET, ...options });
  const peer = await rawDial(listener.endpoint);
  peer.write(said());
  return [await accepted(listener), peer];
}

/** The end comes from a bare socket. */
const byPeer = (end: (peer: Socket) => unknown, options?: Partial<NodeConnectionOptions>) => async () => {
  const [connection, peer] = await meeting(options);
  peer.resume();
  return { connection, end: () => end(peer) };
};

/** The end comes from us; the bare socket answers a goodbye. */
const byUs =
  (end: (connection: Connection) => unknown, options: Partial<NodeConnectionOptions> = {}) =>
  async () => {
    const [connection, peer] = await meeting(options);
    peer.resume().once("end", () => peer.end());
    return { connection, end: () => end(connection) };
  };

async function notTaken(): Promise<Doomed> {
  const [connection, peer] = await meeting({ linger: 100 });
  peer.pause();
  const end = () => {
    for (let i = 0; i < 64; i++) connection.send(pattern(1024 * 1024, i + 1));
    return connection.close();
  };
  return { connection, end };
}

/** A process that says what a bare socket says, and is killed. */
async function crash(): Promise<Doomed> {
  const listener = await listening("tcp://127.0.0.1:0", { socketType: SOCKET });
  const port = listener.endpoint.split(":").at(-1);
  const words = Buffer.from(said()).toString("hex");
  // It says how much it has read: killed with octets unread, it would reset the connection.
  const script = `let read = 0;
    const socket = require("node:net").connect(${port}, "127.0.0.1");
    socket.write(Buffer.from("${words}", "hex"));
    socket.on("data", (chunk) => { if ((read += chunk.length) === ${hello(SOCKET).length}) console.log("all read"); });`;
  const child = spawn(process.execPath, ["-e", script]);
  onTestFinished(() => void child.kill("SIGKILL"));
  const [connection] = await Promise.all([accepted(listener), once(child.stdout, "data")]);
  const end = () => {
    child.kill("SIGKILL");
    return once(child, "exit");
  };
  return { connection, end };
}

async function webSocketLost(): Promise<Doomed> {
  const listener = await listening("ws://127.0.0.1:0/", { socketType: SOCKET });
  const peer = new WebSocket(listener.endpoint, "ZWS2.0");
  peer.on("error", () => {});
  await once(peer, "open");
  peer.send(Uint8Array.of(0));
  peer.send(concat(Uint8Array.of(0), Buffer.from(BEFORE)));
  return { connection: await accepted(listener), end: () => peer.terminate() };
}

async function aborted(): Promise<Doomed> {
  const controller = new AbortController();
  const [connection] = await meeting({ signal: controller.signal });
  return { connection, end: () => controller.abort(REASON) };
}

const ENDS = "ends, after what came";
const GARBAGE = Buffer.alloc(64, 0xff);

export const KINDS: readonly KindOfEnd[] = [
  {
    what: "our `close()`",
    iteration: ENDS,
    by: "close",
    error: "none",
    send: "throws CLOSED",
    arrange: byUs((connection) => connection.close()),
  },
  {
    what: "our `close()`, and the peer takes nothing for `linger`",
    iteration: ENDS,
    by: "timeout",
    error: "LINGER_EXPIRED",
    send: "throws CLOSED",
    arrange: notTaken,
  },
  {
    what: "our `destroy(reason)`",
    iteration: "ends at once",
    by: "destroy",
    error: "the reason",
    send: "false",
    arrange: byUs((connection) => connection.destroy(REASON)),
  },
  {
    what: "an abort of `signal`",
    iteration: "ends at once",
    by: "destroy",
    error: "the reason",
    send: "false",
    arrange: aborted,
  },
  {
    what: "the peer closes",
    iteration: ENDS,
    by: "peer",
    error: "none",
    send: "false",
    arrange: byPeer((peer) => peer.end()),
  },
  { what: "the peer's process is killed", iteration: ENDS, by: "peer", error: "none", send: "false", arrange: crash },
  {
    what: "the peer breaks off inside a message",
    iteration: ENDS,
    by: "fault",
    error: "TRUNCATED",
    send: "false",
    arrange: byPeer((peer) => peer.end(encodeFrame("half", { more: true }))),
  },
  {
    what: "a reset",
    iteration: ENDS,
    by: "lost",
    error: "RESET",
    send: "false",
    arrange: byPeer((peer) => peer.resetAndDestroy()),
  },
  {
    what: "a WebSocket without a closing frame",
    iteration: ENDS,
    by: "lost",
    error: "CONNECTION_LOST",
    send: "false",
    arrange: webSocketLost,
  },
  {
    what: "the peer breaks the protocol",
    iteration: ENDS,
    by: "fault",
    error: "RESERVED_FLAGS",
    send: "false",
    arrange: byPeer((peer) => peer.write(GARBAGE)),
  },
  {
    what: "the peer goes over a limit",
    iteration: ENDS,
    by: "fault",
    error: "MESSAGE_TOO_LARGE",
    send: "false",
    arrange: byPeer((peer) => peer.write(encodeMessage(["1", "2", "3"])), { maxMessageFrames: 2 }),
  },
  {
    what: "silence, with `heartbeat`",
    iteration: ENDS,
    by: "timeout",
    error: "HEARTBEAT_TIMEOUT",
    send: "false",
    arrange: byPeer(() => {}, { heartbeat: { interval: 50, timeout: 200 } }),
  },
];

/** The rows as docs/endings.md has them. */
export function table(): string {
  const rows = KINDS.map(({ what, iteration, by, error, send }) =>
    [
      what,
      iteration,
      `\`${by}\``,
      /^[A-Z]/.test(error) ? `\`${error}\`` : error,
      `\`${send}\``.replace("`throws CLOSED`", "throws `CLOSED`"),
      "resolves",
    ].join(" | "),
  );
  const head = "What happens | Iteration | `closed`: by | `closed`: error | `send` | `drained`, `close()`";
  return [head, head.replace(/[^|]+/g, "---"), ...rows].map((row) => `| ${row} |`).join("\n");
}
