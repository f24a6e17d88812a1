/** What `for await` costs by itself: the floor of whoever hands out messages one by one. */

const MESSAGES = 5_000_000;
/** Octets that one message takes of a chunk, and of a chunk. */
const STEP = 18;
const CHUNK = 64 * 1024;

/** As a Buffer is made the fastest way there is. */
const View = Buffer[Symbol.species];
const chunk = new ArrayBuffer(CHUNK);
const made = [new View(chunk, 0, 16)];

/** An iterator of so many messages, each there already. */
class Messages {
  #left = MESSAGES;
  #message;

  constructor(message) {
    this.#message = message;
  }

  [Symbol.asyncIterator]() {
    return this;
  }

  next() {
    if (this.#left-- === 0) return Promise.resolve({ done: true, value: undefined });
    return Promise.resolve({ done: false, value: this.#message(this.#left) });
  }
}

const LOOPS = {
  "takes the same message again and again": () => made,
  "takes an array and a Buffer made for it": (i) => [new View(chunk, (i * STEP) % (CHUNK - STEP), 16)],
};

/** Nanoseconds a message, one figure a round, by what each message is; in turns. */
export async function loop(rounds) {
  const found = Object.fromEntries(Object.keys(LOOPS).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, message] of Object.entries(LOOPS)) {
      let octets = 0;
      const start = performance.now();
      for await (const [payload] of new Messages(message)) octets += payload.length;
      // The first round warms up.
      if (round > 0) found[name].push(((performance.now() - start) * 1e6) / (octets / 16));
    }
  }
  return found;
}
