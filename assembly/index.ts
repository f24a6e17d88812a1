// What the module exports: RFC 37's framing, in three functions over one memory. The TypeScript twin is
// src/codec/js.ts.
export { scan } from "./scan";
export { gather } from "./gather";
export { judge } from "./greeting";
