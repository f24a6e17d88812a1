/** How a frame becomes octets to send: ZMTP's way, or that of a transport which frames by itself. RFC 37, "Framing". */
import { encodeFrame } from "../codec/encoder.js";
import type { Frame } from "../codec/frame.js";

/** One frame as octets to send, owned. */
export type Framing = (frame: Frame) => Uint8Array;

/** A header with the length, then the body. */
export const zmtpFraming: Framing = (frame) => encodeFrame(frame.payload, frame);
