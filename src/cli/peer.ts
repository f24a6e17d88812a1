/** A peer on the shell: opens the socket, sends what comes in, shows what arrives. RFC 28, 29, 30. */
import { setTimeout as sleep } from "node:timers/promises";
import type { Socket } from "../socket/socket.js";
import { useWires } from "../socket/wires.js";
import { nodeWires } from "../zeromq/node-wires.js";
import type { Command, Context, Options } from "./command.js";
import { type ExitCode, UsageError } from "./exit.js";
import { messages } from "./input.js";
import { FORMAT_OPTIONS, type Format, formatOf } from "./lines.js";
import { numberOf } from "./number.js";
import { secure } from "./secure-socket.js";
import { SECURITY_NOTE, SECURITY_OPTIONS, securityOf } from "./security.js";
import { Watch } from "./watch.js";

type Frames = Uint8Array[];
/** What every socket has at run time. */
export type AnySocket = Socket & { send(frames: Frames): Promise<void>; receive(): Promise<Frames> };

/** What a peer works with. */
export interface Work {
  readonly socket: AnySocket;
  readonly watch: Watch;
  readonly context: Context;
  readonly count: number | undefined;
  /** What to send, one message after the other, not faster than asked. */
  outgoing(): AsyncGenerator<Frames, void>;
  /** Shows a message. */
  show(frames: readonly Uint8Array[]): Promise<void>;
}

/** One kind of peer. `work` resolves with whether it did all that it was asked for. */
export interface Kind {
  readonly name: string;
  readonly summary: string;
  readonly sends: boolean;
  readonly examples: readonly string[];
  readonly options?: Options;
  readonly notes?: readonly string[];
  open(context: Context): AnySocket;
  work(work: Work): Promise<boolean>;
}

const OPTIONS: Options = {
  listen: { type: "boolean", short: "l", help: "bind URL and wait for peers, instead of connecting to it" },
  ...FORMAT_OPTIONS,
  count: { type: "string", short: "n", value: "COUNT", help: "end after so many messages" },
  time: { type: "string", short: "t", value: "SECONDS", help: "end after so many seconds" },
  "max-size": { type: "string", value: "OCTETS", help: "largest frame that a peer may send; default 67108864" },
};
const RATE: Options = { rate: { type: "string", value: "N", help: "send at most so many messages a second" } };

const LINES =
  "A message is a line. As text, a TAB stands between two frames, and what is not plain text is written \\t, " +
  "\\n, \\r, \\\\ or \\xHH: nothing is lost, and nothing that a peer sends can move the cursor.";

/** Milliseconds that messages may still leave when the work is done. */
const LINGER = 30_000;

/** The command for one kind of peer. */
export function peerCommand(kind: Kind): Command {
  const options = { ...OPTIONS, ...(kind.sends ? RATE : {}), ...kind.options, ...SECURITY_OPTIONS };
  return {
    name: kind.name,
    summary: kind.summary,
    usage: kind.sends ? "[OPTIONS] URL [MESSAGE…]" : "[OPTIONS] URL",
    examples: kind.examples,
    options,
    notes: [...(kind.notes ?? []), LINES, SECURITY_NOTE],
    run: (context) => run(kind, context),
  };
}

async function run(kind: Kind, context: Context): Promise<ExitCode> {
  const { args, say } = context;
  const [place, ...given] = args.positionals;
  if (place === undefined) throw new UsageError(`a URL is missing: monocoque ${kind.name} tcp://127.0.0.1:5555`);
  if (!kind.sends && given.length > 0)
    throw new UsageError(`${kind.name} sends nothing: "${given[0]}" is one too many`);
  const format = formatOf(args);
  const count = numberOf(args, "count", { unit: "messages", least: 1, whole: true });
  const seconds = numberOf(args, "time", { unit: "seconds", least: 0.001, most: 2_000_000 });
  const rate = numberOf(args, "rate", { unit: "messages a second", least: 0.001 });
  const size =
    numberOf(args, "max-size", { unit: "octets", least: 0, most: 2 ** 31 - 1, whole: true }) ?? 64 * 1024 * 1024;
  const listening = args.values.listen === true;
  // tap and probe say 0 where ZeroMQ's sockets say *: either will do, everywhere.
  const url = listening ? place.replace(/:0(?=\/?$)/, ":*") : place;
  const security = await securityOf(context);
  useWires(nodeWires);
  const socket = kind.open(context);
  Object.assign(socket, { linger: LINGER, maxMessageSize: size, immediate: true });
  const letGo = await secure(socket, security, listening);
  const watch = new Watch(context, { socket, url, listening, seconds });
  try {
    if (listening) await socket.bind(url);
    else socket.connect(url);
    if (listening) say.note(`listening on ${socket.lastEndpoint}`);
    const source = { given, stdin: context.stdin, format, count };
    const outgoing = () => paced(messages(source), rate, watch);
    const done = await kind.work({
      socket,
      watch,
      context,
      count,
      outgoing,
      show: (frames) => show(context, format, frames),
    });
    return watch.end(done);
  } catch (error) {
    return whyEnded(error, watch, url);
  } finally {
    watch.release();
    letGo();
    if (!socket.closed) socket.close();
    // Nobody sends any more what somebody still types.
    context.stdin.unref?.();
    context.stdin.destroy();
  }
}

/** A socket that is closed under a call fails with EAGAIN or EBADF: if it had to stop, that is no error. */
function whyEnded(error: unknown, watch: Watch, url: string): ExitCode {
  const code = String((error as { code?: unknown }).code);
  if (watch.over && /^(EAGAIN|EBADF)$/.test(code)) return watch.end(false);
  if (/^(EINVAL|EPROTONOSUPPORT|ENOTSUP)$/.test(code)) throw new UsageError(`${url}: ${(error as Error).message}`);
  throw error;
}

async function show({ say, stdout }: Context, format: Format, frames: readonly Uint8Array[]): Promise<void> {
  if (format.end === "\n") say.line(format.write(frames));
  else stdout.write(`${format.write(frames)}\0`);
  await say.room();
}

/** Messages, not faster than `rate` a second. */
async function* paced(source: AsyncGenerator<Frames, void>, rate: number | undefined, watch: Watch) {
  const start = performance.now();
  let sent = 0;
  for (;;) {
    // Stdin may have nothing to say for ever.
    const next = await Promise.race([source.next(), watch.stopped.then(() => undefined)]);
    if (next === undefined || next.done || watch.over) return;
    const early = rate === undefined ? 0 : start + (sent++ * 1000) / rate - performance.now();
    if (early > 1) await Promise.race([sleep(early), watch.stopped]);
    yield next.value;
  }
}
