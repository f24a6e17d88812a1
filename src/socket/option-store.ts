/** The options of one socket, set and read by number, checked as libzmq checks them. */
import { textBytes, viewOf } from "./bytes.js";
import { fault } from "./errno.js";
import {
  initialSettings,
  type Kind,
  type Option,
  type OptionName,
  optionName,
  optionOf,
  type Settings,
} from "./settings.js";
import { warn } from "./warning.js";

/** What of its socket the store has to know. */
export interface OptionOwner {
  readonly type: number;
  readonly name: string;
  readonly closed: boolean;
  /** Whether it is bound or connected, or about to be. */
  readonly engaged: boolean;
  readonly lastEndpoint: string;
  /** Takes up, or drops, a subscription. Throws EINVAL where there are none. */
  subscribe(prefix: Uint8Array, wanted: boolean): void;
}

const TOO_LATE = "Socket option will not take effect until next connect/bind.";
const TOO_LARGE = "Value is larger than Number.MAX_SAFE_INTEGER and may have been rounded inaccurately.";

/** Options that do something in place of being kept. */
const SUBSCRIBE = 6;
const UNSUBSCRIBE = 7;

/** What is asked of a socket, and cannot be set. */
const TYPE = 16;
const LAST_ENDPOINT = 32;
const MECHANISM = 43;
const THREAD_SAFE = 81;

/** Socket types that libzmq lets several threads use: the drafts. */
const FIRST_DRAFT = 12;

/** As libzmq numbers the mechanisms. */
const NULL = 0;
const PLAIN = 1;
const CURVE = 2;

const ACCEPTED: Record<Kind, { readonly test: (value: unknown) => boolean; readonly message: string }> = {
  Bool: { test: (value) => typeof value === "boolean", message: "Option value must be a boolean" },
  String: {
    test: (value) => typeof value === "string" || value instanceof Uint8Array || value === null,
    message: "Option value must be a string or buffer",
  },
  Int32: { test: isNumber, message: "Option value must be a number" },
  Uint32: { test: isNumber, message: "Option value must be a number" },
  Int64: { test: isNumber, message: "Option value must be a number" },
  Uint64: { test: isNumber, message: "Option value must be a number" },
};

const MOST_UINT64 = 2 ** 64;

/** What a number becomes in an integer of that many bits. */
const NUMBERS: Partial<Record<Kind, (value: number) => number>> = {
  Int32: (value) => value | 0,
  Uint32: (value) => value >>> 0,
  Int64: (value) => Math.trunc(value),
  Uint64: (value) => Math.min(Math.max(0, Math.trunc(value)), MOST_UINT64),
};

export class OptionStore {
  readonly values: Settings = initialSettings();
  readonly #owner: OptionOwner;
  #mechanism = NULL;

  constructor(owner: OptionOwner) {
    this.#owner = owner;
  }

  get(kind: Kind, id: number): unknown {
    if (this.#owner.closed) throw fault("ENOTSOCK");
    const derived = this.#derived(id);
    if (derived !== undefined) return derived;
    const { name } = this.#option(kind, id);
    const value = this.values[name];
    return value instanceof Uint8Array ? textIn(value) : value;
  }

  set(kind: Kind, id: number, given: unknown): void {
    const { test, message } = ACCEPTED[kind];
    if (!test(given)) throw new TypeError(message);
    if (this.#owner.closed) throw fault("ENOTSOCK");
    const value = this.#valueOf(kind, given);
    if (id === SUBSCRIBE || id === UNSUBSCRIBE) {
      this.#owner.subscribe(value as Uint8Array, id === SUBSCRIBE);
      return;
    }
    const { name, option } = this.#option(kind, id);
    if (this.#owner.engaged && option.immediate !== true) warn(TOO_LATE);
    if (option.on?.includes(this.#owner.name) === false || option.valid?.(value, given) === false)
      throw fault("EINVAL");
    (this.values as Record<OptionName, unknown>)[name] = option.as?.(value) ?? value;
    this.#follow(name, given);
  }

  #option(kind: Kind, id: number): { name: OptionName; option: Option<unknown> } {
    const name = optionName(id);
    if (name === undefined) throw fault("EINVAL");
    const option = optionOf(name);
    if (option.kind !== kind) throw fault("EINVAL");
    return { name, option };
  }

  #derived(id: number): unknown {
    if (id === TYPE) return this.#owner.type;
    if (id === LAST_ENDPOINT) return this.#owner.lastEndpoint || null;
    if (id === MECHANISM) return this.#mechanism;
    return id === THREAD_SAFE ? this.#owner.type >= FIRST_DRAFT : undefined;
  }

  #valueOf(kind: Kind, given: unknown): unknown {
    if (typeof given === "number" && kind === "Uint64" && given > Number.MAX_SAFE_INTEGER) warn(TOO_LARGE);
    if (typeof given === "number") return NUMBERS[kind]?.(given);
    if (kind !== "String") return given;
    if (given === null) return new Uint8Array(0);
    return typeof given === "string" ? textBytes(given) : viewOf((given as Uint8Array).slice());
  }

  /** Some options decide others, as in libzmq. */
  #follow(name: OptionName, given: unknown): void {
    if (name === "xpubVerbose") this.values.xpubVerboser = false;
    if (name === "xpubVerboser") this.values.xpubVerbose = false;
    if (name === "plainServer" || name === "curveServer") {
      this.#mechanism = given === true ? (name === "plainServer" ? PLAIN : CURVE) : NULL;
    }
    if (name === "plainUsername" || name === "plainPassword") this.#mechanism = given === null ? NULL : PLAIN;
    if (name === "curvePublicKey" || name === "curveSecretKey" || name === "curveServerKey") this.#mechanism = CURVE;
  }
}

function isNumber(value: unknown): boolean {
  return typeof value === "number";
}

const utf8 = new TextDecoder();

/** As C sees a text: up to its first zero octet. No octets, or that zero alone, are null. */
function textIn(value: Uint8Array): string | null {
  const end = value.indexOf(0);
  if (value.length === 0 || (end === 0 && value.length === 1)) return null;
  return utf8.decode(end < 0 ? value : value.subarray(0, end));
}
