import type { Mechanism } from "../../src/index.js";

/** A mechanism whose two sides show the same word; made in a worker by `maker`. */
export function badge(word: string, maker?: string): Mechanism;
