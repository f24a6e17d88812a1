/**
 * Where everything lies in the codec's memory, shared word for word by `assembly/` and by the TypeScript twin.
 * Offsets and sizes are in octets; each region begins where the one before ends. The numbers carry no types because
 * AssemblyScript and TypeScript both infer the right one.
 */

/** Longest run of frames that one scan writes down. */
export const CAPACITY = 8192;
/** A row of a table: (start, end | MORE), two words. */
export const ROW = 8;
export const TABLE_SIZE = CAPACITY * ROW;

/** What wide stores may write behind the last octet of a region. */
export const SLACK = 64;

/** The word that a scan or a gather leaves behind: where it stopped. */
export const STATUS = 0;
/** The peer's greeting, as far as it has arrived. */
export const GREETING = STATUS + SLACK;
export const GREETING_SIZE = 64;

/** Rows of frames. Between the greeting and this lies what AssemblyScript may keep for itself. */
export const TABLE = 1024;
/** Rows of the same shape: frames chosen out of a run, to be gathered. */
export const SELECTION = TABLE + TABLE_SIZE;

/**
 * Room for the unfinished frame in front of a chunk. Longer ones are put together elsewhere, in a buffer of their
 * own.
 */
export const HEADROOM = 65536 + SLACK;
export const INPUT_SIZE = 1048576;
export const LANDING_SIZE = 262144;

/**
 * The octets being scanned; rows hold offsets into the window. There are two places for a chunk, each behind its
 * headroom: INPUT takes the chunks of those who call, LANDING is what sockets read into, at any time.
 */
export const WINDOW = SELECTION + TABLE_SIZE;
export const INPUT = HEADROOM;
export const LANDING = INPUT + INPUT_SIZE + HEADROOM;
export const WINDOW_SIZE = LANDING + LANDING_SIZE;

/** Where gathered frames are laid one behind the other. */
export const OUTPUT = WINDOW + WINDOW_SIZE + SLACK;
export const OUTPUT_SIZE = 262144;

export const PAGE = 65536;
/** The same number stands in asconfig.json. */
export const MEMORY_PAGES = (OUTPUT + OUTPUT_SIZE + SLACK + PAGE - 1) >> 16;

/** MORE travels in the top bit of a row's second word. */
export const MORE_BIT = -2147483648;
export const END_MASK = 2147483647;
