/** What the two threads say to each other beside their rings. All of it can be cloned from thread to thread. */
import type { MechanismRecipe } from "../../session/mechanism.js";
import type { EndedBy } from "../ending.js";
import type { ConnectionOptions } from "../options.js";

/** A bare number is the most frequent word of all: "look at the rings of this connection". */
export type Wake = number;

/** Where the other thread is to connect. */
export interface OpenOrder {
  readonly type: "open";
  readonly id: number;
  readonly url: string;
  /** Such as can be cloned. */
  readonly options: ConnectionOptions;
  /** What the mechanism is made of there; undefined for NULL. */
  readonly mechanism: MechanismRecipe | undefined;
  /** Undefined where the two share no memory. */
  readonly shared: SharedMemory | undefined;
}

/** The memory of the two rings. */
export interface SharedMemory {
  readonly inbound: WebAssembly.Memory | SharedArrayBuffer;
  readonly outbound: SharedArrayBuffer;
}

/** What takes the place of shared memory: a slot goes over with its chunk, and the chunk comes back. */
export type Passing =
  | { readonly type: "slot"; readonly id: number; readonly slot: Int32Array; readonly memory: ArrayBuffer | undefined }
  | { readonly type: "freed"; readonly id: number; readonly chunk: number; readonly memory: ArrayBuffer | undefined };

/** From the application's thread to the one that does the work. */
export type Order =
  | Wake
  | OpenOrder
  | Passing
  /** Everything that came has been taken, and somebody asked for more. */
  | { readonly type: "exhausted"; readonly id: number }
  | { readonly type: "subscribe" | "cancel"; readonly id: number; readonly prefix: Uint8Array }
  | { readonly type: "command"; readonly id: number; readonly name: string; readonly data: Uint8Array }
  /** Nothing more is accepted. */
  | { readonly type: "closing"; readonly id: number }
  /** What was accepted lies in the ring, or has left. */
  | { readonly type: "flushed"; readonly id: number }
  | { readonly type: "destroy"; readonly id: number };

/** What is known of a peer, as it can be cloned. */
export interface PeerFacts {
  readonly socketType: string | undefined;
  readonly identity: Uint8Array;
  readonly version: { readonly major: number; readonly minor: number };
  readonly mechanism: string;
  readonly metadata: readonly (readonly [string, Uint8Array])[];
  readonly userId: string | undefined;
  readonly publicKey: Uint8Array | undefined;
  readonly remoteAddress: string | undefined;
}

/** An error, as it can be cloned. */
export interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly offset: number | undefined;
  readonly section: string | undefined;
  readonly hint: string | undefined;
  readonly reason: string | undefined;
  readonly blame: "peer" | "caller" | "network";
  readonly cause: unknown;
}

/** From the thread that does the work to the application's. */
export type News =
  | Wake
  | Passing
  /** Somebody is there, and begins. */
  | { readonly type: "begun"; readonly id: number }
  | { readonly type: "opened"; readonly id: number; readonly peer: PeerFacts }
  /** The peer has said its last, and may still be answered. */
  | { readonly type: "half"; readonly id: number }
  | { readonly type: "command"; readonly id: number; readonly name: string; readonly data: Uint8Array }
  /** A message too large for a slot. */
  | {
      readonly type: "large";
      readonly id: number;
      readonly bytes: Uint8Array<ArrayBuffer>;
      readonly table: Int32Array;
      readonly rows: number;
      readonly from: number;
    }
  | {
      readonly type: "ended";
      readonly id: number;
      readonly by: EndedBy;
      readonly error: ErrorFacts | undefined;
      readonly unsent: number;
    };
