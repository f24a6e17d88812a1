// biome-ignore-all lint/complexity/noArguments: how many there are is what is checked.
/** `Context`: what its sockets share. The default one serves all that are given none. */

import { refuseMore, setAll, wantsOptions } from "./arguments.js";
import { CONTEXT_OPTIONS, ContextCore } from "./context.js";
import { fault } from "./errno.js";
import type { Options } from "./types.js";

let coreOfContext: (context: unknown) => ContextCore | undefined;

/** What sockets share: their inproc names, how many there may be, what they begin with. */
export class Context {
  readonly #core = new ContextCore();

  /** Whether closed sockets with messages unsent keep the process alive; false: new sockets begin with `linger` 0. */
  declare blocky: boolean;
  /** Without effect: the event loop does it. */
  declare ioThreads: number;
  /** Without effect: nothing is sent that memory does not hold. */
  declare maxMessageSize: number;
  /** How many sockets there may be at once; default 1023. */
  declare maxSockets: number;
  /** What `ipv6` new sockets begin with. */
  declare ipv6: boolean;
  /** Without effect. */
  declare threadPriority: number;
  /** Without effect. */
  declare threadSchedulingPolicy: number;
  /** The most that `maxSockets` may be. */
  declare readonly maxSocketsLimit: number;

  static {
    coreOfContext = (context) => (isContext(context) ? context.#core : undefined);
    function isContext(value: unknown): value is Context {
      return typeof value === "object" && value !== null && #core in value;
    }
  }

  constructor(options?: Options<Context>) {
    wantsOptions(options);
    refuseMore(arguments.length, 1);
    Object.seal(this);
    setAll(this, options);
  }

  protected getBoolOption(option: number): boolean {
    return this.#core.get(option) !== 0;
  }

  protected setBoolOption(option: number, value: boolean): void {
    if (typeof value !== "boolean") throw new TypeError("Option value must be a boolean");
    this.#core.set(option, value ? 1 : 0);
  }

  protected getInt32Option(option: number): number {
    return this.#core.get(option);
  }

  protected setInt32Option(option: number, value: number): void {
    if (typeof value !== "number") throw new TypeError("Option value must be a number");
    this.#core.set(option, value | 0);
  }
}

interface Accessors {
  getBoolOption(id: number): boolean;
  setBoolOption(id: number, value: unknown): void;
  getInt32Option(id: number): number;
  setInt32Option(id: number, value: unknown): void;
}

const BOOLEAN = ["ipv6", "blocky"];
const READ_ONLY = ["maxSocketsLimit"];

for (const [name, { id }] of Object.entries(CONTEXT_OPTIONS)) {
  const kind = BOOLEAN.includes(name) ? "Bool" : "Int32";
  Object.defineProperty(Context.prototype, name, {
    get(this: Accessors) {
      return this[`get${kind}Option`](id);
    },
    set(this: Accessors, value: unknown) {
      if (READ_ONLY.includes(name)) {
        throw new TypeError(`Cannot set property ${name} of #<Context> which has only a getter`);
      }
      this[`set${kind}Option`](id, value);
    },
  });
}

for (const [name, id] of [
  ["threadPriority", 3],
  ["threadSchedulingPolicy", 4],
] as const) {
  Object.defineProperty(Context.prototype, name, {
    set(this: Accessors, value: unknown) {
      this.setInt32Option(id, value);
    },
  });
}

/** The context of all sockets that are given none. */
export const context: Context = new Context();

/** @internal What stands behind a context. Throws EINVAL for what is none. */
export function contextCore(given: unknown): ContextCore {
  const core = coreOfContext(given);
  if (core === undefined) throw fault("EINVAL");
  return core;
}
