/** All connections that one thread serves for another. */
import { FrameDecoder } from "../../codec/decoder.js";
import { LARGEST_FRAME } from "../../codec/frame.js";
import { ZmtpError } from "../../error.js";
import { connectionError } from "../fault.js";
import type { Link } from "../link.js";
import type { Equip, Tell } from "./equipment.js";
import { Guest } from "./guest.js";
import type { OpenOrder, Order } from "./words.js";

/** Begins to connect for a guest, who hears what becomes of it. Rejects for what cannot even be tried. */
export type Dial = (order: OpenOrder, guest: Guest) => Promise<Link>;

/** Does what the other thread asks for. */
export class Guests {
  readonly #dial: Dial;
  readonly #tell: Tell;
  readonly #later: (act: () => void) => void;
  readonly #equip: Equip;
  readonly #guests = new Map<number, Guest>();

  /** @param later - As `later` of `GuestParts`. */
  constructor(dial: Dial, tell: Tell, later: (act: () => void) => void, equip: Equip) {
    this.#dial = dial;
    this.#tell = tell;
    this.#later = later;
    this.#equip = equip;
  }

  obey(order: Order): void {
    if (typeof order === "number") this.#guests.get(order)?.woken();
    else if (order.type === "open") this.#open(order);
    else {
      const guest = this.#guests.get(order.id);
      if (guest !== undefined) follow(guest, order);
    }
  }

  /** The other thread has gone: nobody is there to end what it has begun. */
  leave(): void {
    for (const guest of [...this.#guests.values()]) guest.destroy();
  }

  #open(order: OpenOrder): void {
    const { id, options, mechanism } = order;
    this.#tell({ type: "begun", id });
    const equipment = this.#equip(order, this.#tell);
    const framed = equipment.framed || mechanism !== undefined;
    const guest = new Guest(id, this.#tell, {
      equipment,
      later: this.#later,
      linger: options.linger as number,
      frames: framed ? new FrameDecoder({ maxFrameSize: LARGEST_FRAME }) : undefined,
      left: () => this.#guests.delete(id),
    });
    this.#guests.set(id, guest);
    this.#dial(order, guest).then(
      (link) => guest.dialled(link),
      (error: unknown) => guest.failed(notDialled(error)),
    );
  }
}

function notDialled(error: unknown): ZmtpError {
  return error instanceof ZmtpError ? error : connectionError("NOT_REACHED", String(error), { cause: error });
}

function follow(guest: Guest, order: Exclude<Order, number | OpenOrder>): void {
  switch (order.type) {
    case "slot":
    case "freed":
      guest.hear(order);
      break;
    case "exhausted":
      guest.exhausted();
      break;
    case "subscribe":
      guest.link?.sender.subscribe(order.prefix);
      break;
    case "cancel":
      guest.link?.sender.cancel(order.prefix);
      break;
    case "command":
      guest.link?.sender.command(order.name, order.data);
      break;
    case "closing":
      guest.closing();
      break;
    case "flushed":
      guest.flushed();
      break;
    case "destroy":
      guest.destroy();
  }
}
