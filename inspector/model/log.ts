/** All entries of all connections, in the order in which they came. */
import type { Entry, Framing, Side } from "../inspect.js";
import { Conversation } from "./conversation.js";
import { Rates } from "./rates.js";
import { Table } from "./table.js";

export const SIDES: readonly Side[] = ["client", "server"];
export const KINDS: readonly Entry["kind"][] = ["greeting", "command", "message", "gap", "fault", "end"];

/** Entries that stay as objects. The others are decoded again when somebody looks at them. */
const MOST_KEPT = 20_000;
/** Entries decoded again that are not thrown away at once: a screen or two of them. */
const MOST_RECALLED = 500;
const MOST_NAMES = 0xffff;
/** What one call of a story is given at most, so that no call takes long. */
export const BITE = 1 << 16;

export class Log {
  readonly table = new Table();
  readonly conversations: Conversation[] = [];
  readonly rates = new Rates();
  /** Names of commands, and "" for what has none. */
  readonly names: string[] = [""];
  /** The rows of faults: what people come for. */
  readonly faults: number[] = [];
  octets = 0;
  /** How many entries there are of each kind. */
  readonly kindCounts: number[] = KINDS.map(() => 0);
  readonly #nameNumbers = new Map<string, number>([["", 0]]);
  readonly #known = new Map<unknown, Conversation>();
  readonly #kept = new Map<number, Entry>();
  readonly #recalled = new Map<number, Entry>();
  #began: number | undefined;

  /** The connection that a source knows by `key`, if it has come up. */
  known(key: unknown): Conversation | undefined {
    return this.#known.get(key);
  }

  /** A connection that comes up, which its source knows by `key`. */
  begin(key: unknown, title: string, framing: Framing): Conversation {
    const conversation = new Conversation(this.conversations.length, title, framing);
    this.conversations.push(conversation);
    this.#known.set(key, conversation);
    return conversation;
  }

  /** Hears what one side sent. */
  read(conversation: Conversation, side: Side, octets: Uint8Array, time?: number): void {
    this.octets += octets.length;
    this.#add(conversation, conversation.read(side, octets), time);
  }

  /** So many octets of one side are not there. */
  gap(conversation: Conversation, side: Side, missing: number, time?: number): void {
    this.#add(conversation, conversation.gap(side, missing), time);
  }

  /** One side has closed. */
  end(conversation: Conversation, side: Side, time?: number): void {
    this.#add(conversation, conversation.end(side), time);
  }

  /** The entry of a row, with all its fields. */
  entry(row: number): Entry | undefined {
    return this.#kept.get(row) ?? this.#recalled.get(row) ?? this.#recall(row);
  }

  conversationOf(row: number): Conversation {
    return this.conversations[this.table.conversations[row]];
  }

  /** What a row's entry was sent as. */
  octetsOf(row: number): Uint8Array {
    const { starts, lengths, sides } = this.table;
    const stream = this.conversationOf(row).streams[SIDES[sides[row]]];
    return stream.slice(starts[row], starts[row] + lengths[row]);
  }

  #add(conversation: Conversation, entries: readonly Entry[], time: number | undefined): void {
    for (const entry of entries) this.#addOne(conversation, entry, time);
  }

  #addOne(conversation: Conversation, entry: Entry, time: number | undefined): void {
    const { table } = this;
    const row = table.add();
    if (time !== undefined) this.#began ??= time;
    const at = time === undefined ? Number.NaN : time - (this.#began as number);
    const side = SIDES.indexOf(entry.side);
    table.starts[row] = entry.start;
    table.lengths[row] = entry.end - entry.start;
    table.times[row] = at;
    table.sides[row] = side;
    table.kinds[row] = KINDS.indexOf(entry.kind);
    table.conversations[row] = conversation.number;
    table.names[row] = this.#nameNumber(entry.name ?? "");
    this.kindCounts[table.kinds[row]]++;
    this.rates.add(at, side);
    if (entry.kind === "fault" || entry.error !== undefined) this.faults.push(row);
    const plain = entry.kind === "message";
    if (conversation.opens(entry) || (!plain && this.#kept.size < MOST_KEPT))
      this.#kept.set(row, time === undefined ? entry : { ...entry, time: at });
  }

  #nameNumber(name: string): number {
    const known = this.#nameNumbers.get(name);
    if (known !== undefined) return known;
    if (this.names.length === MOST_NAMES) return 0;
    this.#nameNumbers.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  #recall(row: number): Entry | undefined {
    const { starts, lengths, sides, kinds, times } = this.table;
    const end = starts[row] + lengths[row];
    const found = this.conversationOf(row).recall(SIDES[sides[row]], KINDS[kinds[row]], starts[row], end);
    if (found === undefined) return undefined;
    const entry = Number.isNaN(times[row]) ? found : { ...found, time: times[row] };
    if (this.#recalled.size >= MOST_RECALLED) this.#recalled.clear();
    this.#recalled.set(row, entry);
    return entry;
  }
}
