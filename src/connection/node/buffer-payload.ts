/** Payloads as Node's own sockets give them: Buffers. */
import { Buffer } from "node:buffer";
import { type BufferClass, bufferMaker } from "../buffer-maker.js";
import type { PayloadMaker } from "../payload-maker.js";

/** A view that is a Buffer, in any engine that has them. */
export const bufferPayload: PayloadMaker = /* @__PURE__ */ bufferMaker(Buffer as unknown as BufferClass);
