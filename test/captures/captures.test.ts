/** Recorded traffic of other implementations, replayed cut anywhere, both ways, by both codecs, and held to the index and the oracle. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type SessionEvent, type SocketType, ZmtpSession } from "../../src/index.js";
import { type Case, schedule } from "../fuzz/case.js";
import { check } from "../fuzz/check.js";
import { Random } from "../fuzz/random.js";
import { converse } from "../oracle/session.js";
import { codecs } from "../support/codecs.js";

interface Capture {
  readonly implementation: string;
  readonly ours: SocketType;
  readonly theirs: SocketType;
  readonly weConnect: boolean;
  readonly peerVersion?: string;
  readonly refused?: string;
  readonly fromUs: string;
  readonly fromPeer: string;
  readonly octetsFromUs: number;
  readonly octetsFromPeer: number;
  readonly eventsFromPeer?: number;
  readonly messagesFromPeer?: number;
}

const file = (name: string) => new Uint8Array(readFileSync(new URL(name, import.meta.url)));
const { captures } = JSON.parse(readFileSync(new URL("index.json", import.meta.url), "utf8")) as {
  captures: Capture[];
};

/** How often a stream is cut anew. */
const CUTS = 40;

const titled = captures.map((capture) => ({
  ...capture,
  title: `${capture.implementation}, ${capture.ours} ${capture.weConnect ? "connecting to" : "bound for"} ${capture.theirs}`,
}));

/** The stream as a case of the campaign; `cuts` decides where it is cut and how it gets in. */
function replay(stream: Uint8Array, ours: string, cuts: number): Case {
  const peers = [{ stream, ours, limit: 1 << 20, other: false, forward: 0 }];
  return { peers, steps: schedule(new Random(cuts), peers, false) };
}

function octetByOctet(session: ZmtpSession, stream: Uint8Array): SessionEvent[] {
  const events: SessionEvent[] = [];
  for (let at = 0; at < stream.length; at++) events.push(...session.receive(stream.subarray(at, at + 1)));
  return [...events, ...session.end()];
}

describe.each(titled)("$title", (capture) => {
  const fromPeer = file(capture.fromPeer);
  const fromUs = file(capture.fromUs);

  it("is recorded whole", () => {
    expect([fromUs.length, fromPeer.length]).toEqual([capture.octetsFromUs, capture.octetsFromPeer]);
  });

  it("means the same however it is cut, either side of it", () => {
    for (let cuts = 1; cuts <= CUTS; cuts++) {
      check(replay(fromPeer, capture.ours, cuts));
      check(replay(fromUs, capture.theirs, cuts));
    }
  });

  it.each(codecs.map((codec) => ({ name: codec.name, codec })))(
    "is what the index says, octet by octet, $name",
    (at) => {
      const session = new ZmtpSession({ socketType: capture.ours, codec: at.codec });
      const events = octetByOctet(session, fromPeer);
      if (capture.refused !== undefined) {
        const error = session.error;
        expect(capture.refused).toContain(error?.code);
        expect(error?.offset).toBe(fromPeer.length);
        return;
      }
      expect(session.error).toBeUndefined();
      expect(events.length).toBe(capture.eventsFromPeer);
      const ends = events.filter((event) => event.type === "Frame" && !event.frame.more);
      expect(ends.length).toBe(capture.messagesFromPeer);
      const { version, socketType } = session.peer ?? {};
      expect(`${version?.major}.${version?.minor}`).toBe(capture.peerVersion);
      expect(socketType).toBe(capture.theirs);
    },
  );

  it("is what the RFC says of both sides, by the oracle", () => {
    const side = { limit: 1 << 20, handshakeLimit: 65536 };
    const peer = converse(fromPeer, { ...side, socketType: capture.ours });
    const us = converse(fromUs, { ...side, socketType: capture.theirs });
    if (capture.refused !== undefined) expect(peer.end?.code).toBe("PEER_CLOSED");
    else expect([peer.end, us.end]).toEqual([undefined, undefined]);
    expect([...peer.events, ...us.events].map(({ type }) => type)).not.toContain("Error");
  });
});
