/** RADIO and DISH: publish and subscribe by groups that have a name, compared as a whole. RFC 48. Draft. */

import { copyOf } from "../bytes.js";
import { fault } from "../errno.js";
import { FairQueue } from "../fair-queue.js";
import { deliver } from "../fan-out.js";
import type { SentMessage } from "../message.js";
import { firstOf } from "../message.js";
import { type Extra, Pattern, type Received } from "../pattern.js";
import type { Pipe } from "../pipe.js";
import type { Settings } from "../settings.js";
import { refuseParts } from "./one-frame.js";

/** Octets that a group's name may have. No message is for one with more, whoever joins it. */
const MOST = 255;

/** A name as a map finds it. */
const nameOf = (group: Uint8Array): string => String.fromCharCode(...group);
const bytesOf = (name: string): Uint8Array => Uint8Array.from(name, (letter) => letter.charCodeAt(0));

class Radio extends Pattern {
  readonly #groups = new Map<string, Set<Pipe>>();

  constructor(settings: Settings) {
    super("RADIO", settings, {});
  }

  override joined(pipe: Pipe, group: Uint8Array, wanted: boolean): void {
    if (group.length > MOST) return;
    const name = nameOf(group);
    const members = this.#groups.get(name);
    if (wanted && members === undefined) this.#groups.set(name, new Set([pipe]));
    else if (wanted) members?.add(pipe);
    else this.#leave(name, pipe);
  }

  override detached(pipe: Pipe): void {
    for (const name of [...this.#groups.keys()]) this.#leave(name, pipe);
  }

  override get writable(): boolean {
    return true;
  }

  override send(message: SentMessage, { group }: Extra = {}): boolean {
    refuseParts(message);
    if (group === undefined || group.length > MOST) throw fault("EINVAL");
    deliver([group, firstOf(message)], [...(this.#groups.get(nameOf(group)) ?? [])]);
    return true;
  }

  #leave(name: string, pipe: Pipe): void {
    const members = this.#groups.get(name);
    members?.delete(pipe);
    if (members?.size === 0) this.#groups.delete(name);
  }
}

export class DishPattern extends Pattern {
  readonly #queue: FairQueue;
  readonly #radios = new Set<Pipe>();
  readonly #groups = new Set<string>();
  #found: Received | undefined;

  constructor(settings: Settings) {
    const queue = new FairQueue();
    super("DISH", settings, { incoming: queue });
    this.#queue = queue;
  }

  override attached(pipe: Pipe): void {
    super.attached(pipe);
    this.#radios.add(pipe);
    this.renewed(pipe);
  }

  override detached(pipe: Pipe): void {
    super.detached(pipe);
    this.#radios.delete(pipe);
  }

  override renewed(pipe: Pipe): void {
    for (const name of this.#groups) pipe.join(bytesOf(name));
  }

  /** Joins or leaves a group. Throws EINVAL for joining one twice, or leaving one that was not joined. */
  join(group: Uint8Array, wanted: boolean): void {
    const name = nameOf(group);
    if (group.length > MOST || this.#groups.has(name) === wanted) throw fault("EINVAL");
    if (wanted) this.#groups.add(name);
    else this.#groups.delete(name);
    for (const pipe of this.#radios) {
      if (wanted) pipe.join(group);
      else pipe.leave(group);
    }
  }

  /** As in libzmq: whoever sends is told at once that it cannot. */
  override get writable(): boolean {
    return true;
  }

  override get readable(): boolean {
    this.#found ??= this.#next();
    return this.#found !== undefined;
  }

  override receive(): Received | undefined {
    const message = this.#found ?? this.#next();
    this.#found = undefined;
    return message;
  }

  /** On the wire the group is a frame in front. What comes from a group that we have left is dropped. */
  #next(): Received | undefined {
    for (let message = this.#queue.next(); message !== undefined; message = this.#queue.next()) {
      const [group, body] = message;
      if (message.length !== 2 || group.length > MOST) continue;
      if (this.#groups.has(nameOf(group))) return [body, { group: copyOf(group) }];
    }
    return undefined;
  }
}

export const radio = (settings: Settings): Pattern => new Radio(settings);
export const dish = (settings: Settings): Pattern => new DishPattern(settings);
