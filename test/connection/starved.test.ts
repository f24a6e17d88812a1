/** Deadlines while our own thread is busy for seconds: what the peer did meanwhile counts. */
import { describe, expect, it } from "vitest";
import { encodeFrame, encodeGreeting } from "../../src/node.js";
import { BUSY, busy, PATIENCE, someTurns } from "../support/busy.js";
import { connected, listening } from "../support/connections.js";
import { otherThread } from "../support/other-thread.js";
import { pattern } from "../support/pieces.js";
import { hello } from "../support/raw.js";

const PAIR = { socketType: "PAIR" } as const;
const GREETING = encodeGreeting();
const READY = hello("PAIR").subarray(GREETING.length);

describe("a busy thread of ours", () => {
  /** As `says` of `otherThread`: what a PAIR says, each behind so many octets of ours. */
  it.each<[what: string, says: [number, Uint8Array][]]>([
    ["reads the handshake that has come before it gives the peer up", [[0, hello("PAIR")]]],
    [
      "gives the peer the time to answer what could only be said afterwards",
      [
        [0, GREETING],
        [GREETING.length + READY.length, READY],
      ],
    ],
  ])("%s", async (_what, says) => {
    const peer = await otherThread({ says });
    const connecting = connected(`tcp://127.0.0.1:${peer.port}`, { ...PAIR, handshakeTimeout: PATIENCE });
    await peer.met;
    await someTurns();
    peer.go();
    busy(BUSY);
    expect((await connecting).peer.socketType).toBe("PAIR");
  });

  it("but no more: a peer that says nothing is given up all the same", async () => {
    const peer = await otherThread({});
    const connecting = connected(`tcp://127.0.0.1:${peer.port}`, { ...PAIR, handshakeTimeout: 100 });
    await peer.met;
    busy(500);
    await expect(connecting).rejects.toMatchObject({ code: "HANDSHAKE_TIMEOUT" });
  });

  it("reads the request for a WebSocket that has come before it gives a stranger up", async () => {
    const refused: unknown[] = [];
    const { endpoint } = await listening("ws://127.0.0.1:0/", {
      ...PAIR,
      handshakeTimeout: PATIENCE,
      onRefused: ({ error }) => void refused.push(error.code),
    });
    const peer = await otherThread({
      port: Number(new URL(endpoint).port),
      says: [[0, Buffer.from("GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")]],
    });
    await peer.met;
    await someTurns();
    peer.go();
    busy(BUSY);
    await peer.heard;
    // It was not a WebSocket, which is another refusal than silence.
    expect(refused).toEqual(["NOT_ZMTP"]);
  });

  it("sees what the peer has taken before it gives up what is left", async () => {
    const peer = await otherThread({ first: hello("PAIR"), reads: false });
    const connection = await connected(`tcp://127.0.0.1:${peer.port}`, { ...PAIR, linger: PATIENCE });
    const payload = pattern(16 * 1024 * 1024);
    connection.send(payload);
    const closing = connection.close();
    await someTurns();
    peer.go();
    busy(BUSY);
    await closing;
    expect(await connection.closed).toEqual({ by: "close", error: undefined, unsent: 0 });
    expect(await peer.heard).toBe(hello("PAIR").length + encodeFrame(payload).length);
  });
});
