/** ZAP as a function: who a peer is, and whether it may come in. RFC 27, "Request" and "Reply". */

import type { Progress } from "../session/mechanism.js";
import { Metadata } from "../session/metadata.js";
import type { LocalInfo } from "../session/peer.js";
import { authenticatorError } from "./fault.js";

/** What an authenticator is asked. */
export interface ZapRequest {
  /** How the peer wants to come in. It decides what `credentials` holds. */
  readonly mechanism: "NULL" | "PLAIN" | "CURVE";
  /** Which set of rules the server wants applied; empty by default. */
  readonly domain: string;
  /** Where the peer is, without its port; empty where the transport does not say. */
  readonly address: string;
  /** The server's own identity, as libzmq sends it. */
  readonly identity: Uint8Array;
  /** PLAIN: user name and password. CURVE: the client's long-term public key, 32 octets. NULL: none. */
  readonly credentials: readonly Uint8Array[];
}

/** What it answers. */
export interface ZapReply {
  /** 200 accepts; 400 denies; 300 cannot tell now, 500 is an error of its own. */
  readonly status: 200 | 300 | 400 | 500;
  /** In words, for logs here: the peer sees the status alone. */
  readonly text?: string | undefined;
  /** Who the peer is: `peer.userId`, and User-Id in `peer.metadata`. */
  readonly userId?: string | undefined;
  /** Further properties for `peer.metadata`. */
  readonly metadata?: Iterable<readonly [string, Uint8Array]> | undefined;
}

/** A verdict in short, or in ZAP's terms. */
export type Verdict = boolean | ZapReply;

/** An authenticator. */
export type ZapHandler = (request: ZapRequest) => Verdict | Promise<Verdict>;

/** How a server asks ZAP. */
export interface ZapOptions {
  /** Decides about each peer. What it throws, or rejects with, refuses the peer with status 500. */
  readonly zap: ZapHandler;
  /** Which set of rules the authenticator is to apply; default "". */
  readonly domain?: string | undefined;
}

/** @internal The request about one peer. */
export function zapRequest(
  mechanism: ZapRequest["mechanism"],
  { domain = "" }: ZapOptions,
  { identity, remoteAddress }: LocalInfo,
  credentials: readonly Uint8Array[],
): ZapRequest {
  return {
    mechanism,
    domain,
    address: hostOf(remoteAddress ?? ""),
    identity: identity ?? new Uint8Array(0),
    credentials,
  };
}

/** "10.0.0.7:5" and "[::1]:5" without port and brackets. */
function hostOf(address: string): string {
  return address.replace(/:\d+$/, "").replace(/^\[(.*)\]$/, "$1");
}

/** @internal What is accepted, with the name that a bare `true` gives a peer. */
export interface Admission {
  readonly userId: string | undefined;
  readonly metadata: Metadata;
}

/** @internal The verdict of `ask`, now or later, as the progress of a handshake. */
export function judged(
  ask: () => Verdict | Promise<Verdict>,
  userId: string | undefined,
  accept: (accepted: Admission) => Progress,
): Progress {
  const follow = (verdict: Verdict): Progress => {
    const reply = replyOf(verdict);
    if (reply === undefined) return failed(new TypeError("an authenticator answers true, false or { status }"));
    if (reply.status !== 200) return refusal(reply);
    return accept({ userId: reply.userId ?? userId, metadata: new Metadata(reply.metadata) });
  };
  try {
    const verdict = ask();
    if (!isPromise(verdict)) return follow(verdict);
    return { type: "later", question: verdict.then(follow).catch(failed) };
  } catch (error) {
    return failed(error);
  }
}

function isPromise(verdict: unknown): verdict is Promise<Verdict> {
  return typeof (verdict as Promise<Verdict> | undefined)?.then === "function";
}

/** A verdict in ZAP's terms; undefined if it is none. Only `true` and 200 let anybody in. */
function replyOf(verdict: unknown): ZapReply | undefined {
  if (verdict === true) return { status: 200 };
  if (verdict === false) return { status: 400 };
  const { status } = (verdict ?? {}) as Partial<ZapReply>;
  return status !== undefined && [200, 300, 400, 500].includes(status) ? (verdict as ZapReply) : undefined;
}

/** As libzmq does it: the peer is told the status, but for 300, which asks it to try again and is met by closing. */
function refusal({ status, text }: ZapReply): Progress {
  const words = text ? ` (${text})` : "";
  const error = authenticatorError("DENIED", `The authenticator refused the peer with status ${status}${words}`, {
    reason: String(status),
  });
  return { type: "refused", error, reason: status === 300 ? undefined : String(status) };
}

function failed(cause: unknown): Progress {
  const error = authenticatorError("AUTHENTICATOR_FAILED", "The authenticator gave no verdict", { cause });
  return { type: "refused", error, reason: "500" };
}
