/** The two rings of a connection in another thread: how large each is, and what its slots stand for. */
import { HEADROOM, WINDOW } from "../../codec/layout.js";
import type { RingShape } from "./ring.js";

/**
 * Runs that came. A socket reads into one chunk after another, each as large as what one read may bring. The chunks
 * lie behind the place of the codec's window: the scan counts octets from there, and never below zero.
 */
export const INBOUND: RingShape = {
  slots: 64,
  chunks: 8,
  headroom: HEADROOM,
  octets: 128 * 1024,
  rows: 16_384,
  at: WINDOW,
};
/**
 * Octets that are to leave. A chunk is smaller than `UNCOPIED`, so that the outbox of the other thread always copies
 * what lies in it.
 */
export const OUTBOUND: RingShape = { slots: 16, chunks: 16, headroom: 0, octets: 32 * 1024, rows: 0, at: 0 };

/** Messages that came frame by frame, packed into chunks. Nothing of them is scanned again. */
export const PACKED: RingShape = { slots: 64, chunks: 8, headroom: 0, octets: 128 * 1024, rows: 8192, at: 0 };

/** What is in a slot of the inbound ring: the frames themselves, or word that they come by a message of their own. */
export const RUN = 0;
export const LARGE = 1;
