/** The peers that the shell can be: what each socket type does with lines. RFC 28, 29, 30. */
import { Dealer, Pull, Push, Reply, Request, Subscriber, XPublisher } from "../socket/index.js";
import type { Options } from "./command.js";
import { type AnySocket, type Kind, peerCommand, type Work } from "./peer.js";

const any = (socket: object) => socket as AnySocket;
const IDENTITY: Options = { identity: { type: "string", value: "TEXT", help: "what a ROUTER shall call us" } };
const identity = (values: Readonly<Record<string, unknown>>) =>
  typeof values.identity === "string" ? { routingId: values.identity } : {};

/** Shows what arrives until there is enough of it. */
async function receiveAll({ socket, watch, count, show }: Work): Promise<boolean> {
  let received = 0;
  try {
    while (!watch.over && (count === undefined || received < count)) {
      await show(await socket.receive());
      received++;
    }
  } catch (error) {
    if (!watch.over) throw error;
  }
  return received >= (count ?? 1);
}

/** Sends what there is to send, once somebody is there. */
async function sendAll({ socket, watch, outgoing }: Work): Promise<boolean> {
  await watch.reached;
  if (watch.over) return false;
  for await (const frames of outgoing()) await socket.send(frames);
  return !watch.over;
}

/** What a publisher sends before anybody has subscribed is lost, so it waits for the first who does. */
async function publish(work: Work): Promise<boolean> {
  const { socket, watch, context } = work;
  if (!context.args.values.now) {
    context.say.detail("waiting for a subscriber");
    await socket.receive();
  }
  const drain = async () => {
    while (!socket.closed) await socket.receive();
  };
  drain().catch(() => {});
  if (context.args.values.now) await watch.reached;
  for await (const frames of work.outgoing()) await socket.send(frames);
  return !watch.over;
}

async function request({ socket, watch, outgoing, show }: Work): Promise<boolean> {
  await watch.reached;
  if (watch.over) return false;
  for await (const frames of outgoing()) {
    await socket.send(frames);
    await show(await socket.receive());
  }
  return !watch.over;
}

async function reply({ socket, watch, context, count, outgoing, show }: Work): Promise<boolean> {
  const { echo } = context.args.values;
  const given = context.args.positionals.length > 1;
  for (let answered = 0; count === undefined || answered < count; ) {
    const asked = await socket.receive();
    await show(asked);
    if (echo) {
      await socket.send(asked);
      answered++;
      continue;
    }
    const answers = given ? replies(outgoing) : outgoing();
    for await (const answer of answers) {
      await socket.send(answer);
      answered++;
      if (answered >= (count ?? Infinity)) return true;
      await show(await socket.receive());
    }
    return !watch.over;
  }
  return true;
}

/** The answers of the command line, over and over. */
async function* replies(outgoing: Work["outgoing"]) {
  for (;;) yield* outgoing();
}

/** Sends and shows at the same time; ends when it has shown enough. */
async function deal(work: Work): Promise<boolean> {
  const sending = sendAll(work);
  const received = await Promise.race([receiveAll(work), sending.then(() => new Promise<never>(() => {}))]);
  await Promise.race([sending, work.watch.stopped]);
  return received;
}

const KINDS: readonly Kind[] = [
  {
    name: "sub",
    summary: "subscribes, and shows what is published: a message a line",
    sends: false,
    options: {
      topic: { type: "string", multiple: true, value: "PREFIX", help: "only what begins so; may be repeated" },
    },
    examples: [
      "monocoque sub tcp://127.0.0.1:5556 --topic weather.",
      "monocoque sub --listen tcp://127.0.0.1:5556 --json",
    ],
    open({ args }) {
      const socket = new Subscriber({ receiveHighWaterMark: 0 });
      socket.subscribe(...((args.values.topic as string[] | undefined) ?? []));
      return any(socket);
    },
    work: receiveAll,
  },
  {
    name: "pull",
    summary: "collects messages, and shows each on a line",
    sends: false,
    examples: ["monocoque pull --listen tcp://127.0.0.1:5557 -n 10"],
    open: () => any(new Pull()),
    work: receiveAll,
  },
  {
    name: "push",
    summary: "hands out messages of the command line, or of stdin, a line each",
    sends: true,
    examples: [
      "monocoque push tcp://127.0.0.1:5557 hello",
      "seq 1000 | monocoque push tcp://127.0.0.1:5557 --rate 100",
    ],
    open: () => any(new Push()),
    work: sendAll,
  },
  {
    name: "req",
    summary: "asks, and shows each answer",
    sends: true,
    options: IDENTITY,
    examples: ["monocoque req tcp://127.0.0.1:5555 'what time is it?' -t 2"],
    open: ({ args }) => any(new Request(identity(args.values))),
    work: request,
  },
  {
    name: "rep",
    summary: "shows each request and answers it",
    sends: true,
    options: { ...IDENTITY, echo: { type: "boolean", help: "the answer is the request" } },
    notes: ["Answers are the messages of the command line over and over, the request (--echo), or the lines of stdin."],
    examples: [
      "monocoque rep --listen tcp://127.0.0.1:5555 --echo",
      "monocoque rep --listen tcp://127.0.0.1:5555 pong",
    ],
    open: ({ args }) => any(new Reply(identity(args.values))),
    work: reply,
  },
  {
    name: "dealer",
    summary: "sends and shows at the same time",
    sends: true,
    options: IDENTITY,
    notes: [
      "-n counts the messages that are shown, and limits those that are sent.",
      "A REP answers only what has an empty frame in front: a line that begins with a TAB.",
    ],
    examples: ["printf '\\tone\\n\\ttwo\\n' | monocoque dealer tcp://127.0.0.1:5555 -n 2"],
    open: ({ args }) => any(new Dealer(identity(args.values))),
    work: deal,
  },
  {
    name: "pub",
    summary: "publishes messages of the command line, or of stdin, a line each",
    sends: true,
    options: { now: { type: "boolean", help: "do not wait for the first subscriber" } },
    examples: ["seq 1000 | monocoque pub --listen tcp://127.0.0.1:5556 --rate 10"],
    open: () => any(new XPublisher()),
    work: publish,
  },
];

/** The commands, by their names. */
export const PEERS = Object.fromEntries(KINDS.map((kind) => [kind.name, peerCommand(kind)]));
