/** The one place where the page says who decodes for it. */
export { parseHex } from "./decode/hex.js";
export type { Entry, Field, Framing, Side } from "./decode/shape.js";
export { Story } from "./decode/story.js";
