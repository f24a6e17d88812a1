/** A connection in another thread, both of whose ends are in this one: what is said across comes a turn later. */
import { onTestFinished } from "vitest";
import type { Ending } from "../../src/connection/ending.js";
import { Link } from "../../src/connection/link.js";
import { type ConnectionOptions, settingsFor } from "../../src/connection/options.js";
import { equipPacked, packedPassage } from "../../src/connection/page/packed.js";
import { plainPayload } from "../../src/connection/payload-maker.js";
import { Guests } from "../../src/connection/thread/guests.js";
import { type Passage, sharedPassage } from "../../src/connection/thread/passage.js";
import { RemoteLink } from "../../src/connection/thread/remote-link.js";
import { ringMemory, scannedMemory } from "../../src/connection/thread/ring.js";
import { INBOUND, OUTBOUND } from "../../src/connection/thread/ring-shapes.js";
import { equipStraight } from "../../src/connection/thread/straight.js";
import type { News, Order } from "../../src/connection/thread/words.js";
import type { SocketType } from "../../src/index.js";
import { NotedTransport } from "./noted.js";
import { concat } from "./pieces.js";
import { hello } from "./raw.js";

export const turn = (): Promise<unknown> => new Promise((resolve) => setImmediate(resolve));

export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn();
}

/** Takes whatever it is given, at once, or once it is told to. */
class TakingTransport extends NotedTransport {
  link: Link | undefined;
  #untaken = 0;
  #taking = true;

  override write(chunks: readonly Uint8Array[]): boolean {
    super.write(chunks);
    for (const { length } of chunks) this.#untaken += length;
    if (this.#taking) this.#take();
    return this.#taking;
  }

  set taking(taking: boolean) {
    this.#taking = taking;
    if (taking) this.#take();
  }

  #take(): void {
    const taken = this.#untaken;
    this.#untaken = 0;
    if (taken > 0) this.link?.reception.sent(taken);
  }
}

/** How what is said gets across: by shared memory, or posted with the memory that it lies in. */
export type Way = "shared" | "posted";

interface Play {
  /** What the dialling in the other thread fails with, if it does. */
  readonly refusal?: Error;
  /** The peer's type; undefined: nobody is there yet. */
  readonly peer?: SocketType;
  readonly way?: Way;
  /** How long the dialling takes; default: no time. */
  readonly dialling?: Promise<void>;
}

/** What is posted arrives as a copy, and what is moved is gone here. */
function moved<Said extends News | Order>(said: Said, memory: readonly ArrayBuffer[] = []): Said {
  return memory.length === 0 ? said : structuredClone(said, { transfer: [...memory] });
}

/** Both ends, and what became of them. */
export function ends(options: Partial<ConnectionOptions> & { socketType: SocketType }, play: Play = {}) {
  const { refusal, peer, way = "shared", dialling } = play;
  const endings: Ending[] = [];
  const transport = new TakingTransport();
  const left: number[] = [];
  let holds = 0;
  let opened = false;
  let link!: Link;
  let passage!: Passage;
  const guests = new Guests(
    async (order, guest) => {
      await dialling;
      if (refusal !== undefined) throw refusal;
      link = new Link(settingsFor(order.options), { user: guest, makeReception: guest.makeReception });
      transport.link = link;
      return link;
    },
    (said, memory) => {
      const news = moved(said, memory);
      setImmediate(() => (typeof news === "number" ? remote.woken() : remote.told(news)));
    },
    (act) => void setImmediate(act),
    way === "shared" ? equipStraight : equipPacked,
  );
  const tell = (said: Order, memory?: readonly ArrayBuffer[]) => {
    const order = moved(said, memory);
    setImmediate(() => guests.obey(order));
  };
  const workplace = {
    passage: (id: number) => {
      passage =
        way === "posted"
          ? packedPassage(id, tell)
          : sharedPassage({ inbound: scannedMemory(INBOUND), outbound: ringMemory(OUTBOUND) });
      return passage;
    },
    tell,
    hold: (change: 1 | -1) => {
      holds += change;
    },
    left: (id: number) => void left.push(id),
  };
  const remote = new RemoteLink(7, "", settingsFor(options), plainPayload, workplace, {
    opened: () => {
      opened = true;
    },
    ended: (_, ending) => void endings.push(ending),
  });
  onTestFinished(() => remote.destroy());
  const met = async () => {
    await until(() => link !== undefined);
    // A guest hears of its link a turn after that is there.
    await turn();
    link.reception.attached(transport);
    link.reception.received(hello(peer as SocketType));
    await until(() => opened);
    transport.chunks.length = 0;
  };
  return {
    remote,
    guests,
    transport,
    endings,
    left,
    met,
    get link() {
      return link;
    },
    get passage() {
      return passage;
    },
    holds: () => holds,
    /** What the peer has been sent since the handshake. */
    said: () => concat(...transport.chunks),
  };
}
