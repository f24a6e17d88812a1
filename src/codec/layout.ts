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

/**
 * The octets being scanned, twice over: headroom for an unfinished frame, then the region that a chunk comes to lie in. Rows hold
 * offsets into the window. INPUT takes the chunks of those who call; LANDING is what sockets read into, at any time.
 */
export const WINDOW = 132096;
export const HEADROOM = 131136;
export const INPUT = 131136;
export const INPUT_SIZE = 1048576;
export const LANDING = 1310848;
export const LANDING_SIZE = 262144;
export const WINDOW_SIZE = 1572992;

/** Where gathered frames are laid one behind the other; a wide store may go a little further. */
export const OUTPUT = 1705088;
export const OUTPUT_SIZE = 260928;

export const MEMORY_PAGES = 30;

/** MORE travels in the top bit of a row's second word. */
export const MORE_BIT = -2147483648;
export const END_MASK = 2147483647;

/** Why a scan stopped: no octets left, an unfinished frame, a full table, a command frame, an octet that breaks the framing. */
export const STOP_END = 0;
export const STOP_PARTIAL = 1;
export const STOP_FULL = 2;
export const STOP_COMMAND = 3;
export const STOP_FAULT = 4;
