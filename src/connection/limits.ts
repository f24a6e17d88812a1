/**
 * What one peer, or all peers of a listener together, may cost us. Every limit of this layer stands here, with its
 * reason.
 */

const KiB = 1024;
const MiB = 1024 * KiB;

/** `send` returns false from so many octets on that wait to leave: a few milliseconds of a fast network. */
export const HIGH_WATER_MARK = MiB;

/** Octets that a WebSocket is given beyond what the network takes: the rest waits with us, where it is counted. */
export const MOST_HANDED = 256 * KiB;

/** Nothing more is read from the peer from so many octets on that wait to be consumed. */
export const RECEIVE_HIGH_WATER_MARK = MiB;

/** Frames of one message. Each costs some 115 octets once it is an object, however empty it came. */
export const MESSAGE_FRAMES = 65_536;

/**
 * Milliseconds to reach the peer, and then for its whole handshake, however it trickles. libzmq's handshake has as
 * long.
 */
export const CONNECT_PATIENCE = 30_000;

/** Milliseconds for a worker to answer, which has to be loaded first, before it is taken for none of ours. */
export const THREAD_PATIENCE = 30_000;

/** Milliseconds that a closing connection waits for a peer that takes nothing more. */
export const LINGER = 30_000;

/** Milliseconds for a peer that broke the protocol to hear why, before its connection is dropped. */
export const FAREWELL = 2000;

/**
 * Milliseconds for somebody to begin to read what a peer sent that has closed its side: until then it may still be
 * answered.
 */
export const UNREAD = 1000;

/**
 * Octets of the prefixes that one peer has subscribed to, each counted with {@link SUBSCRIPTION_COST} for its place in
 * memory.
 */
export const SUBSCRIPTION_OCTETS = 16 * MiB;
/** What one prefix costs beside its octets. */
export const SUBSCRIPTION_COST = 320;

/** PINGs of ours that may be unanswered at once. RFC 37 asks for "a small number". */
export const UNANSWERED_PINGS = 3;

/** Commands that nobody asked for (PING, unknown ones), at once. */
export const COMMAND_BURST = 10_000;
/** The same commands, for each second after the burst. */
export const COMMANDS_PER_SECOND = 1000;

/** Handshakes under way at a listener; the oldest makes room for the newest. */
export const HANDSHAKES = 1000;
/** Handshakes under way from one address. */
export const HANDSHAKES_PER_ADDRESS = 250;

/** Milliseconds that a failed security handshake holds up the next ones from its address: two guesses a second. */
export const FAILURE_DELAY = 500;
/** Milliseconds that nobody waits longer, however often its address has failed: honest peers may share it. */
export const MOST_FAILURE_DELAY = 10_000;
/** Addresses that have failed and are remembered; beyond it, whoever has failed longest ago is forgotten. */
export const MOST_ADDRESSES = 10_000;

/**
 * Octets that a stranger may send over `ws://` before it has said who it is: its upgrade request, its identity, some
 * slack.
 */
export const UPGRADE_OCTETS = 64 * KiB;

/** Connections that a listener keeps; a process has file descriptors for about as many. */
export const CONNECTIONS = 65_536;

/**
 * Octets that all peers of one listener together may make us hold: unfinished messages, those not consumed yet,
 * subscriptions.
 */
export const LISTENER_OCTETS = 1024 * MiB;

/** What a run costs in octets beside its own, once it waits as an object. */
export const RUN_COST = 200;
/** What a frame of a run costs: its row in the table. */
export const ROW_COST = 8;
/** What a frame costs once it is an object. */
export const FRAME_COST = 115;
