/** `monocoque probe`: reaches a peer, shakes hands, tells the story, and ends with a verdict. RFC 37. */

import { GREETING_SIZE } from "../codec/layout.js";
import { parseEndpoint } from "../connection/endpoint.js";
import type { Mechanism } from "../session/mechanism.js";
import type { PeerInfo } from "../session/peer.js";
import { isSocketType, legalPeers, type SocketType } from "../session/socket-type.js";
import { SUBPROTOCOL } from "../session/zws.js";
import type { Command, Context } from "./command.js";
import { EXIT, type ExitCode, exitOf, UsageError } from "./exit.js";
import { harmless } from "./harmless.js";
import { numberOf } from "./number.js";
import { attempt, type Met } from "./probe-attempt.js";
import { clientMechanism, SECURITY_NOTE, SECURITY_OPTIONS, securityOf } from "./security.js";
import { errorFields, faultLines, plainMessage } from "./story-view.js";
import { wrap } from "./wrap.js";

export const PROBE: Command = {
  name: "probe",
  summary: "reach a peer, shake hands, and say what is wrong",
  usage: "URL [--as TYPE] [--listen]",
  options: {
    as: { type: "string", value: "TYPE", help: "be this socket type; default: one that fits the peer" },
    listen: { type: "boolean", short: "l", help: "bind URL and judge the first peer that connects" },
    time: { type: "string", short: "t", value: "SECONDS", help: "give up after so long; default 5" },
    ...SECURITY_OPTIONS,
  },
  notes: [
    "The story shows each octet of greeting and handshake as it comes; → is who dialled.",
    "The verdict names what is wrong, the octet that proves it, counted from the peer's first, and the remedy.",
    "A frame over 1 MiB is refused. Over ws:// the story begins with the upgrade, and a WebSocket's ping is timed.",
    SECURITY_NOTE,
  ],
  examples: ["monocoque probe tcp://127.0.0.1:5555", "monocoque probe tcp://127.0.0.1:5555 --as SUB --json"],
  run: probe,
};

/** What is tried when a peer hangs up without having said what it is. */
const TRIED: readonly SocketType[] = ["DEALER", "SUB", "PUSH", "PULL", "PUB", "REQ", "PAIR"];

/** What peers do that do not like our type: refuse it, or leave. */
const REFUSED = new Set(["SOCKET_TYPE_MISMATCH", "PEER_ERROR", "PEER_CLOSED", "RESET"]);

async function probe(context: Context): Promise<ExitCode> {
  const { args, say } = context;
  const [url, extra] = args.positionals;
  if (url === undefined) throw new UsageError("URL is missing: see monocoque probe --help");
  if (extra !== undefined) throw new UsageError(`"${extra}" is one too many: see monocoque probe --help`);
  const as = typeOf(args.values.as);
  const seconds = numberOf(args, "time", { unit: "seconds", least: 0.001, most: 100_000 }) ?? 5;
  const mechanism = clientMechanism(await securityOf(context));
  if (mechanism !== undefined && args.values.listen) throw new UsageError("--listen takes no name and no key here");
  const met = await meet({ context, url, as, mechanism, time: seconds * 1000 });
  if (context.signal.aborted) return EXIT.GOOD;
  const exit = met.error === undefined ? EXIT.GOOD : exitOf(met.error);
  if (say.json) say.object(verdictObject(met, exit));
  else for (const line of verdictLines(met, say.width)) say.line(say.paint(exit ? "bad" : "good", line, "stdout"));
  return exit;
}

function typeOf(name: unknown): SocketType | undefined {
  if (name === undefined) return undefined;
  const type = String(name).toUpperCase();
  if (isSocketType(type)) return type;
  throw new UsageError(`--as is a socket type, such as DEALER or SUB: not "${name}"`);
}

/** Whom to meet, and how. */
interface Meeting {
  readonly context: Context;
  readonly url: string;
  /** Undefined: one that fits. */
  readonly as: SocketType | undefined;
  /** Undefined: NULL. */
  readonly mechanism: Mechanism | undefined;
  /** Milliseconds for each try. */
  readonly time: number;
}

/** Meets the peer, as several types if need be. */
async function meet({ context, url, as, mechanism, time }: Meeting): Promise<Met> {
  const { say } = context;
  let endpoint: ReturnType<typeof parseEndpoint>;
  try {
    endpoint = parseEndpoint(url.replace(/:\*(?=\/?$)/, ":0"));
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
  const listens = context.args.values.listen === true;
  if (endpoint.scheme === "ws" && listens) throw new UsageError("--listen takes tcp:// and ipc:// here");
  const target = endpoint;
  const once = async (ours: SocketType) => {
    say.detail(`as ${ours}`);
    const how = { context, target, ours, listens, time, mechanism };
    const met = await attempt({ ...how, offered: offeredFor(mechanism) });
    if (mechanism !== undefined || !BAD_REQUEST.test(met.error?.message ?? "")) return met;
    say.note(`once more, with ${SUBPROTOCOL} alone`);
    return attempt({ ...how, offered: [SUBPROTOCOL] });
  };
  if (as !== undefined) return once(as);
  const first = await once(TRIED[0]);
  let best = first;
  const left = new Set(TRIED.slice(1));
  while (isRefusal(best) && left.size > 0 && !context.signal.aborted) {
    const theirs = best.theirs;
    const next = theirs !== undefined && isSocketType(theirs) ? legalPeers(theirs)[0] : [...left][0];
    if (!left.delete(next) && theirs === undefined) break;
    say.note(`once more, as ${next}`);
    const met = await once(next);
    // What the first try found says more than that nobody came for a second one.
    if (met.error !== undefined && theirs === undefined && exitOf(met.error) !== EXIT.PROTOCOL) break;
    best = met;
    if (theirs !== undefined) break;
  }
  return best.error !== undefined && best.theirs === undefined && first.error !== undefined ? first : best;
}

/** What web servers answer that cannot read a subprotocol with a slash in its name. */
const BAD_REQUEST = /^The server does not upgrade to WebSocket: it answers "HTTP\/1\.\d 400/;

/** Subprotocols, the one that tells most first. */
function offeredFor(mechanism: Mechanism | undefined): readonly string[] {
  const named = `${SUBPROTOCOL}/${mechanism?.name ?? "NULL"}`;
  return mechanism === undefined ? [named, SUBPROTOCOL] : [named];
}

/** Whether another type of ours might fit. */
function isRefusal({ error, peer }: Met): boolean {
  if (error === undefined || peer !== undefined || !REFUSED.has(error.code)) return false;
  // Who leaves before our type has been sent did not leave because of it.
  return error.code !== "PEER_CLOSED" || (error.offset ?? 0) >= GREETING_SIZE;
}

function peerText({ socketType, version, mechanism, identity }: PeerInfo): string {
  const name =
    identity.length > 0 ? `called ${JSON.stringify(harmless(Buffer.from(identity).toString()))}` : "no identity";
  const secured = mechanism === "NONE" ? "no mechanism" : mechanism;
  return `${socketType ?? "a type it does not name"}, ZMTP ${version.major}.${version.minor}, ${secured}, ${name}`;
}

function verdictLines({ ours, peer, error, roundTrip, note }: Met, columns: number): string[] {
  if (error !== undefined) {
    return [...wrap(`✗ ${plainMessage(error)}.`, columns, "", "  "), ...faultLines(error, columns)];
  }
  const ping = roundTrip === undefined ? note : `PING came back after ${roundTrip.toFixed(2)} ms`;
  return wrap(`✓ Healthy: ${peer && peerText(peer)}; we were ${ours}; ${ping}.`, columns, "", "  ");
}

function verdictObject({ ours, peer, error, roundTrip, note, theirs }: Met, exit: ExitCode): object {
  return {
    type: "verdict",
    healthy: error === undefined,
    exit,
    ours,
    socketType: peer?.socketType ?? theirs,
    version: peer && `${peer.version.major}.${peer.version.minor}`,
    mechanism: peer?.mechanism,
    identity: peer && Buffer.from(peer.identity).toString("hex"),
    roundTrip,
    note,
    ...(error && errorFields(error)),
  };
}
