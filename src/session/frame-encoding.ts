/** How a frame becomes octets to send: ZMTP's way, or that of a transport which frames by itself. RFC 37, "Framing". */
import { encodeFrame } from "../codec/encoder.js";
import type { Frame } from "../codec/frame.js";
import type { Octets } from "../codec/payload.js";

/** One frame as octets to send, owned. */
export type FrameEncoding = (frame: Frame) => Octets;

/** A header with the length, then the body. */
export const zmtpEncoding: FrameEncoding = (frame) => encodeFrame(frame.payload, frame);
