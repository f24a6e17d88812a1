/** A peer that came to an endpoint that we have bound. Its pipe ends with its link: nobody can reach for it again. */
import { defaultCodec } from "../codec/default.js";
import type { Ending } from "../connection/ending.js";
import { FAREWELL } from "../connection/limits.js";
import { Link } from "../connection/link.js";
import type { LinkParts, LinkUser } from "../connection/link-user.js";
import type { LinkSettings } from "../connection/options.js";
import type { Outbox } from "../connection/outbox.js";
import { after } from "../connection/timer.js";
import { ZmtpOutbox } from "../connection/zmtp-outbox.js";
import { view } from "./bytes.js";
import type { EndpointOwner } from "./endpoints.js";
import { tellHandshakeFailed } from "./handshake-events.js";
import { Linger, type Lingerer } from "./lingering.js";
import { receiveMark } from "./wire.js";
import { type PipeKeeper, WirePipe } from "./wire-pipe.js";

/** Where peers come in. */
export interface Gate {
  readonly owner: EndpointOwner;
  /** As events name it. */
  readonly address: string;
  /** The peer is through its handshake. */
  opened(peer: Accepted): void;
  /** The peer is gone, for this reason if there is one. */
  gone(peer: Accepted, error: unknown): void;
}

export class Accepted implements LinkUser, PipeKeeper, Lingerer {
  readonly link: Link;
  readonly #gate: Gate;
  readonly #pipe: WirePipe;
  #open = false;
  #linger: Linger | undefined;

  constructor(gate: Gate, settings: LinkSettings, parts: LinkParts) {
    const outbox: Outbox = parts.outbox ?? new ZmtpOutbox(settings.codec ?? defaultCodec(), true);
    this.#gate = gate;
    this.#pipe = new WirePipe(gate.owner, this, outbox);
    this.link = new Link(settings, {
      ...parts,
      user: this,
      outbox,
      makePayload: view,
      messageMark: receiveMark(gate.owner),
    });
  }

  opened(link: Link): void {
    this.#open = true;
    this.#pipe.met(link);
    const { owner, address } = this.#gate;
    owner.monitor.tell({ type: "handshake", address });
    this.#gate.opened(this);
    owner.user.attached(this.#pipe);
  }

  readable(): void {
    this.#pipe.arrived();
  }

  moved(): void {
    this.#pipe.moved();
    this.#linger?.look();
  }

  command(_: Link, name: string, data: Uint8Array): void {
    this.#pipe.command(name, data);
  }

  ended(link: Link, { error }: Ending): void {
    const { owner, address } = this.#gate;
    this.#gate.gone(this, error);
    this.#linger?.stop();
    if (!this.#open) tellHandshakeFailed(owner.monitor, address, error);
    owner.monitor.tell({ type: "disconnect", address });
    this.#pipe.parted(link);
    if (this.#open) this.#pipe.end();
  }

  close(linger: number): void {
    this.#pipe.stopAccepting();
    this.link.outflow.flush();
    void this.link.close();
    if (this.done) after(FAREWELL, () => this.giveUp());
    else if (linger === 0) this.giveUp();
    else this.#linger = new Linger(this, linger);
  }

  get done(): boolean {
    return this.link.over || this.link.outflow.waiting === 0;
  }

  giveUp(): void {
    this.link.destroy();
  }
}
