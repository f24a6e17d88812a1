/** What the two ends of a soak do: servers that judge what comes, and clients that send, ask and subscribe. */
import { Ledger } from "./ledger.js";
import { makeMessage, readMessage } from "./message.js";

/** Questions that are open at once, and milliseconds after which one is asked again. */
const OPEN = 32;
const PATIENCE = 5000;
const TOPIC = Buffer.from("soak");

const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Bursts with pauses between them, so that batches and single messages both occur. */
const rest = () => sleep(Math.random() * 30);
const burst = () => 1 + Math.floor(Math.random() * 24);

/** Runs until the process ends: a loop that fails ends the process. */
export function forever(loop, fail) {
  loop().catch(fail);
}

/** Answers each question with whose it was, which, and its checksum. */
export async function answering(router, ledgers, done) {
  for await (const [identity, ...message] of router) {
    const { stream, number, sum } = readMessage(message);
    ledgerOf(ledgers, stream, 0).take(number);
    done.push(`${stream}:${number}`);
    await router.send([identity, message[1], `${sum}`]);
  }
}

export async function pulling(pull, ledgers) {
  for await (const message of pull) {
    const { stream, number } = readMessage(message);
    ledgerOf(ledgers, stream, 0).take(number);
  }
}

/** A subscriber sees what is published from some message on. */
export async function reading(subscriber, ledgers, as) {
  for await (const message of subscriber) {
    const { number } = readMessage(message);
    ledgerOf(ledgers, as, undefined).take(number);
  }
}

function ledgerOf(ledgers, stream, from) {
  let ledger = ledgers.get(stream);
  if (ledger === undefined) {
    ledger = new Ledger(from);
    ledgers.set(stream, ledger);
  }
  return ledger;
}

/** Publishes or pushes numbered messages until told to stop. */
export async function sending(socket, stream, state) {
  for (let number = 0; ; await rest()) {
    if (state.stopped) return;
    for (let i = burst(); i > 0; i--) await socket.send(makeMessage(TOPIC, stream, number++));
    state.sent = number;
  }
}

/** Asks, until stopped; a question without an answer is asked again under another number. */
export class Asking {
  /** Numbers of questions whose answers came. */
  acknowledged = [];
  doubled = 0;
  again = 0;
  #open = new Map();
  #answered = new Set();
  #number = 0;

  constructor(dealer, stream) {
    this.dealer = dealer;
    this.stream = stream;
  }

  get open() {
    return this.#open.size;
  }

  async #ask() {
    const message = makeMessage(TOPIC, this.stream, this.#number);
    this.#open.set(this.#number++, { sum: readMessage(message).sum, at: performance.now() });
    await this.dealer.send(message);
  }

  async run(state) {
    for (;;) {
      for (let i = burst(); i > 0 && this.#open.size < OPEN && !state.stopped; i--) await this.#ask();
      for (const [number, { at }] of this.#open) {
        if (performance.now() - at < PATIENCE) continue;
        // Its answer may come yet: it counts for nothing then, but must not come twice.
        this.#open.delete(number);
        this.#answered.add(-1 - number);
        this.again++;
        await this.#ask();
      }
      await rest();
    }
  }

  async hear() {
    for await (const [head, sum] of this.dealer) {
      const [stream, number] = [head.readUInt32LE(0), head.readUInt32LE(4)];
      const question = this.#open.get(number);
      if (stream !== this.stream) throw new Error(`the answer of stream ${stream} came to ${this.stream}`);
      if (question === undefined) {
        if (!this.#answered.delete(-1 - number)) this.doubled++;
        continue;
      }
      if (`${question.sum}` !== String(sum)) throw new Error(`question ${number} was heard with another checksum`);
      this.#open.delete(number);
      this.acknowledged.push(`${stream}:${number}`);
    }
  }
}
