/** `monocoque tap`: a proxy that alters nothing, shows both directions, and records them. RFC 37 over any stream. */
import { type FileHandle, open } from "node:fs/promises";
import { createConnection, createServer, type Server, type Socket } from "node:net";
import { parseEndpoint } from "../connection/endpoint.js";
import type { Side } from "../inspect/recording.js";
import type { Command, Context } from "./command.js";
import { EXIT, type ExitCode, Failure, UsageError } from "./exit.js";
import { numberOf } from "./number.js";
import { Recorder } from "./recorder.js";
import { framesView, ratesView, type View } from "./tap-view.js";

/** Where to listen, or what to connect to, as node:net has it. */
type Target = { readonly host: string; readonly port: number } | { readonly path: string };

export const TAP: Command = {
  name: "tap",
  summary: "a proxy that alters nothing and shows what passes",
  usage: "--listen URL --to URL [--record FILE]",
  options: {
    listen: { type: "string", short: "l", value: "URL", help: "where clients connect to" },
    to: { type: "string", value: "URL", help: "where the server is" },
    record: { type: "string", short: "r", value: "FILE", help: "write all octets, with times, to FILE" },
    rates: { type: "boolean", help: "a line a second with octets each way, in place of each frame" },
    time: { type: "string", short: "t", value: "SECONDS", help: "end after so many seconds" },
    count: { type: "string", short: "n", value: "COUNT", help: "end after so many connections have ended" },
  },
  notes: [
    "Octets pass as they come, whatever they are. What breaks the protocol is said, and passed on all the same.",
    "With --rates nothing is decoded: octets pass at full speed.",
    "A recording holds everything, passwords of PLAIN included. FILE is readable by you alone.",
  ],
  examples: [
    "monocoque tap --listen tcp://127.0.0.1:6000 --to tcp://127.0.0.1:5555",
    "monocoque tap --listen tcp://127.0.0.1:6000 --to tcp://127.0.0.1:5555 --rates --record peers.tap",
  ],
  run: tap,
};

async function tap(context: Context): Promise<ExitCode> {
  const { args, say, signal } = context;
  if (args.positionals.length > 0)
    throw new UsageError(`"${args.positionals[0]}" is one too many: see monocoque tap --help`);
  const from = targetOf(args.values.listen, "listen");
  const to = targetOf(args.values.to, "to");
  const seconds = numberOf(args, "time", { unit: "seconds", least: 0.001, most: 2_000_000 });
  const count = numberOf(args, "count", { unit: "connections", least: 1, whole: true });
  const file = typeof args.values.record === "string" ? await openFile(args.values.record) : undefined;
  const recorder = file && new Recorder(file);
  const view = args.values.rates ? ratesView(say) : framesView(say);
  const tapped = new Tap(to, view, recorder, (why) => say.note(why));
  try {
    const where = await tapped.listen(from);
    say.note(`listening on ${where}`);
    await finished(tapped, signal, seconds, count);
  } finally {
    tapped.close();
    view.end();
    await recorder?.close();
  }
  if (tapped.unreached > 0 && tapped.reached === 0) throw new Failure(EXIT.NOT_REACHED, `nobody at ${args.values.to}`);
  if (count !== undefined && tapped.ended < count && !signal.aborted) {
    throw new Failure(EXIT.TIMED_OUT, `${tapped.ended} of ${count} connections had ended when the time was over`);
  }
  return EXIT.GOOD;
}

async function openFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "w", 0o600);
  } catch (error) {
    throw new UsageError(`--record: ${(error as Error).message}`);
  }
}

function targetOf(url: unknown, name: string): Target {
  if (typeof url !== "string") throw new UsageError(`--${name} URL is missing: see monocoque tap --help`);
  if (url.startsWith("wss://"))
    throw new UsageError(`--${name}: what passes over wss:// is sealed; tap ws:// behind it`);
  let endpoint: ReturnType<typeof parseEndpoint>;
  try {
    endpoint = parseEndpoint(url.replace(/:\*(?=\/?$)/, ":0"));
  } catch (error) {
    throw new UsageError(`--${name}: ${(error as Error).message}`);
  }
  if (endpoint.scheme === "ipc") return { path: endpoint.path };
  if (endpoint.scheme === "ws") return { host: endpoint.url.hostname, port: Number(endpoint.url.port || 80) };
  return { host: endpoint.host === "*" ? "0.0.0.0" : endpoint.host, port: endpoint.port };
}

/** Resolves on Ctrl-C, when the time is over, or when enough connections have ended. */
function finished(tapped: Tap, signal: AbortSignal, seconds: number | undefined, count = Infinity): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return resolve();
    const timer = seconds === undefined ? undefined : setTimeout(resolve, seconds * 1000);
    const done = () => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener("abort", done, { once: true });
    tapped.onEnded = () => {
      if (tapped.ended >= count) done();
    };
    tapped.onFailure = reject;
  });
}

/** The proxy. */
class Tap {
  reached = 0;
  unreached = 0;
  ended = 0;
  onEnded = () => {};
  onFailure: (error: unknown) => void = () => {};
  readonly #to: Target;
  readonly #view: View;
  readonly #recorder: Recorder | undefined;
  readonly #note: (text: string) => void;
  readonly #sockets = new Set<Socket>();
  readonly #server: Server;
  #connections = 0;

  constructor(to: Target, view: View, recorder: Recorder | undefined, note: (text: string) => void) {
    this.#to = to;
    this.#view = view;
    this.#recorder = recorder;
    this.#note = note;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => this.#accept(client));
  }

  /** Resolves with where it listens. */
  listen(at: Target): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ ...at }, () => {
        this.#server.off("error", reject);
        this.#server.on("error", (error) => this.#note(`a client could not be accepted: ${error.message}`));
        const address = this.#server.address();
        if (address === null || typeof address === "string") return resolve(`ipc://${address}`);
        const host = address.family === "IPv6" ? `[${address.address}]` : address.address;
        resolve(`tcp://${host}:${address.port}`);
      });
    });
  }

  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  #accept(client: Socket): void {
    const connection = this.#connections++;
    const server = createConnection({ ...this.#to, allowHalfOpen: true, noDelay: true });
    let met = false;
    server.once("connect", () => {
      met = true;
      this.reached++;
    });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", (error) => {
        if (socket === server && !met) this.#note(`the server was not reached: ${error.message}`);
      });
    }
    let open = 2;
    const closed = (socket: Socket, other: Socket) => {
      this.#sockets.delete(socket);
      if (socket === server && !met) this.unreached++;
      // What was read leaves first; what nobody will read any more is not waited for.
      if (socket.errored) other.destroy();
      else other.end();
      if (--open > 0) return;
      this.ended++;
      this.onEnded();
    };
    client.once("close", () => closed(client, server));
    server.once("close", () => closed(server, client));
    this.#view.opened(connection);
    this.#pass(connection, "client", client, server);
    this.#pass(connection, "server", server, client);
  }

  /** Passes on what one side sends, no faster than the other side, the disk and the reader take it. */
  #pass(connection: number, side: Side, from: Socket, to: Socket): void {
    from.on("data", (octets: Buffer) => {
      if (!to.write(octets)) from.pause();
      this.#recorder?.add({ time: now(), connection, side, octets });
      this.#view.passed(connection, side, octets);
      for (const slow of [this.#recorder, this.#view]) if (slow?.full) this.#waitFor(slow, from, to);
    });
    to.on("drain", () => from.resume());
    from.once("end", () => {
      to.end();
      this.#recorder?.add({ time: now(), connection, side, octets: undefined });
      this.#view.ended(connection, side);
    });
  }

  /** The disk, or whoever reads what is shown. */
  #waitFor(slow: Recorder | View, from: Socket, to: Socket): void {
    from.pause();
    slow.room().then(
      () => {
        if (!to.writableNeedDrain) from.resume();
      },
      (error) => this.onFailure(error),
    );
  }
}

function now(): number {
  return performance.timeOrigin + performance.now();
}
