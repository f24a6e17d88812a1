/** The wire made readable: octets of a connection in, entries with fields and meanings out. RFC 37, RFC 45. */
export { parseHex } from "./hex.js";
export { filterName } from "./names.js";
export { isPcap, readPcap } from "./pcap.js";
export {
  isRecording,
  RAW_SIDE,
  RECORD_HEADER,
  RECORDING_MAGIC,
  type Recorded,
  RecordingReader,
  recordHeader,
  type Side,
} from "./recording.js";
export type { Entry, Field, FramePart, Framing } from "./shape.js";
export { Story, type StoryOptions } from "./story.js";
