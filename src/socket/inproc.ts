/** `inproc://`: the names of one context, and how two of its sockets are joined by one without a wire. */
import { fault } from "./errno.js";
import { InprocPipe } from "./inproc-pipe.js";
import type { Pipe } from "./pipe.js";
import { NOBODY, type PipeOwner } from "./pipe-owner.js";

/** A name that somebody has bound, and who came by it. */
export interface Binding {
  readonly side: PipeOwner;
  readonly peers: Set<Pipe>;
}

/** The inproc names of one context: who has bound them, and who has connected before anybody has. */
export class InprocNames {
  readonly #bound = new Map<string, Binding>();
  readonly #early = new Map<string, Set<InprocPipe>>();

  /** Throws EADDRINUSE if the name is taken. */
  bind(name: string, side: PipeOwner): Binding {
    if (this.#bound.has(name)) throw fault("EADDRINUSE", name);
    const binding = { side, peers: new Set<Pipe>() };
    this.#bound.set(name, binding);
    const early = this.#early.get(name);
    this.#early.delete(name);
    for (const far of early ?? []) if (far.other !== undefined) meet(far, binding);
    return binding;
  }

  isBound(name: string): boolean {
    return this.#bound.has(name);
  }

  /** The name is free again. Whoever came by it stays. */
  unbind(name: string, binding: Binding): void {
    if (this.#bound.get(name) === binding) this.#bound.delete(name);
  }

  /** Connects, whether or not somebody has bound the name yet. */
  connect(name: string, side: PipeOwner, alias: Uint8Array): Pipe {
    const near = new InprocPipe(side, side.conflates, alias);
    const far = new InprocPipe(undefined, side.conflates, NOBODY);
    near.other = far;
    far.other = near;
    side.user.attached(near);
    const binding = this.#bound.get(name);
    if (binding !== undefined) meet(far, binding);
    else {
      const early = this.#early.get(name) ?? new Set();
      for (const gone of early) if (gone.other === undefined) early.delete(gone);
      this.#early.set(name, early.add(far));
    }
    return near;
  }
}

/** Gives the far end to whoever has bound the name. */
function meet(far: InprocPipe, { side, peers }: Binding): void {
  for (const peer of peers) if ((peer as InprocPipe).other === undefined) peers.delete(peer);
  peers.add(far);
  far.side = side;
  side.user.attached(far);
  const near = far.other;
  near?.side?.user.renewed(near);
}
