/** Sockets whose thread is busy for seconds: what their peers did meanwhile counts. */
import { describe, expect, it, onTestFinished } from "vitest";
import { encodeFrame, encodeMessage } from "../../src/index.js";
import { Pull, Push, type Socket } from "../../src/zeromq/index.js";
import { BUSY, busy, PATIENCE, someTurns } from "../support/busy.js";
import { type OtherThread, otherThread } from "../support/other-thread.js";
import { pattern, text } from "../support/pieces.js";
import { hello } from "../support/raw.js";

/** Connects a socket of ours, and waits until the two have shaken hands. */
async function meet(socket: Socket & { connect(address: string): void }, peer: OtherThread): Promise<void> {
  onTestFinished(() => socket.close());
  socket.connect(`tcp://127.0.0.1:${peer.port}`);
  for await (const { type } of socket.events) if (type === "handshake") return;
}

describe("a busy thread of ours", () => {
  it("gets the message that had come in time before it says that none came", async () => {
    const peer = await otherThread({ first: hello("PUSH"), says: [[0, encodeMessage("in time")]] });
    const pull = new Pull({ receiveTimeout: PATIENCE });
    await meet(pull, peer);
    const receiving = pull.receive();
    await someTurns();
    peer.go();
    busy(BUSY);
    expect((await receiving).map(text)).toEqual(["in time"]);
  });

  it("and says so all the same where none came, and no later for having been busy", async () => {
    const peer = await otherThread({ first: hello("PUSH") });
    const pull = new Pull({ receiveTimeout: PATIENCE });
    await meet(pull, peer);
    const receiving = pull.receive();
    let again = false;
    setTimeout(() => {
      again = true;
    }, BUSY + PATIENCE);
    busy(BUSY);
    await expect(receiving).rejects.toMatchObject({ code: "EAGAIN" });
    expect(again).toBe(false);
  });

  it("sees what the peer has taken before it gives up what is left, and offers it the rest", async () => {
    const peer = await otherThread({ first: hello("PULL"), reads: false });
    const push = new Push({ linger: PATIENCE });
    await meet(push, peer);
    const payload = pattern(16 * 1024 * 1024);
    await push.send(payload);
    push.close();
    await someTurns();
    peer.go();
    busy(BUSY);
    expect(await peer.heard).toBe(hello("PUSH").length + encodeFrame(payload).length);
  });
});
