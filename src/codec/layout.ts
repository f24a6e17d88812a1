/**
 * Where everything lies in the codec's memory, shared word for word by `assembly/` and by the TypeScript twin. Offsets and
 * sizes are in octets. The numbers carry no types because AssemblyScript and TypeScript both infer the right one.
 */

/** Longest run of frames that one scan writes down. */
export const CAPACITY = 8192;

/** Two words that a scan or a gather leaves behind: where it stopped, and why. */
export const STATUS = 0;
/** The peer's greeting, as far as it has arrived: 64 octets. */
export const GREETING = 64;
/** One row a frame, (start, end | MORE): the run that was scanned last. */
export const TABLE = 1024;
/** Rows of the same shape: frames chosen out of a run, to be gathered. */
export const SELECTION = 66560;

/** The octets being scanned: headroom for an unfinished frame, then the input region. Rows hold offsets into the window. */
export const WINDOW = 132096;
export const HEADROOM = 131136;
export const INPUT_SIZE = 1048576;
export const WINDOW_SIZE = 1179712;

/** Where gathered frames are laid one behind the other. */
export const OUTPUT = 1311808;
export const OUTPUT_SIZE = 260992;

export const MEMORY_PAGES = 24;

/** MORE travels in the top bit of a row's second word. */
export const MORE_BIT = -2147483648;
export const END_MASK = 2147483647;

/** Why a scan stopped: no octets left, an unfinished frame, a full table, a command frame, an octet that breaks the framing. */
export const STOP_END = 0;
export const STOP_PARTIAL = 1;
export const STOP_FULL = 2;
export const STOP_COMMAND = 3;
export const STOP_FAULT = 4;
