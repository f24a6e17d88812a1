/** Trials of `monocoque bench` over loopback: a PUSH that sends to a PULL, a REQ that asks a REP. RFC 28, 30. */
import type { Connection } from "../connection/connection.js";
import { connect } from "../connection/node/connect.js";
import { listen } from "../connection/node/listen.js";
import type { SocketType } from "../session/socket-type.js";

const SIZES = [64, 65_536];

/** What they need open, and the trials. */
export interface Loopback {
  readonly trials: readonly { what: string; size: number; messages: number; run(): Promise<void> }[];
  close(): void;
}

/** Opens both pairs of peers. */
export async function openLoopback(quick: boolean): Promise<Loopback> {
  const [push, pull] = await pair("PUSH", "PULL");
  const [ask, answer] = await pair("REQ", "REP");
  const incoming = pull[Symbol.asyncIterator]();
  const answers = ask[Symbol.asyncIterator]();
  void echo(answer);
  const trials = SIZES.map((size) => {
    const messages = Math.ceil((quick ? 2_000_000 : 8_000_000) / (size + 100));
    const payload = new Uint8Array(size).fill(size);
    return { what: "loopback", size, messages, run: () => pour(push, incoming, payload, messages) };
  });
  const roundTrips = quick ? 200 : 1000;
  const asking = { what: "round trip", size: 64, messages: roundTrips, run: () => askAll(ask, answers, roundTrips) };
  return {
    trials: [...trials, asking],
    close() {
      for (const connection of [push, pull, ask, answer]) void connection.close();
    },
  };
}

/** Two peers: who dialled, and who was dialled. */
async function pair(dialling: SocketType, listening: SocketType): Promise<[Connection, Connection]> {
  const listener = await listen("tcp://127.0.0.1:0", { socketType: listening });
  const [client, accepted] = await Promise.all([
    connect(listener.endpoint, { socketType: dialling }),
    listener[Symbol.asyncIterator]().next(),
  ]);
  await listener.close();
  return [client, accepted.value as Connection];
}

async function pour(push: Connection, incoming: AsyncIterator<unknown>, payload: Uint8Array, messages: number) {
  const sending = (async () => {
    for (let i = 0; i < messages; i++) if (!push.send(payload)) await push.drained;
  })();
  for (let i = 0; i < messages; i++) await incoming.next();
  await sending;
}

async function askAll(ask: Connection, answers: AsyncIterator<unknown>, times: number): Promise<void> {
  const question = ["", new Uint8Array(64)];
  for (let i = 0; i < times; i++) {
    ask.send(question);
    await answers.next();
  }
}

async function echo(answer: Connection): Promise<void> {
  for await (const message of answer) answer.send(message);
}
