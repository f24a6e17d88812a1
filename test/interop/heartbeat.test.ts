/** Heartbeats: libzmq's answered, ours answered by libzmq, and what becomes of who is silent. */
import { describe, expect, it } from "vitest";
import { Pair } from "zeromq";
import { codecs } from "../support/codecs.js";
import { meet, opened } from "../support/libzmq.js";

/** Three times as long as libzmq waits for a sign of life. */
const BEATS = 30;
const OPTIONS = { heartbeatInterval: 50, heartbeatTimeout: 20_000, heartbeatTimeToLive: 1000 };
const PONG = Buffer.from("\x04\x05\x04PONG", "latin1");

describe.each(codecs)("$name codec", (codec) => {
  it("libzmq beats, we answer, and messages pass", async () => {
    const theirs = opened(new Pair(OPTIONS));
    const wire = await meet({ socketType: "PAIR", codec }, theirs);
    const ready = wire.sent.length;

    for (let beat = 1; beat <= BEATS; beat++) {
      // 1000 ms are ten tenths of a second; libzmq's own PINGs have no context.
      expect(await wire.next("Command")).toEqual({ type: "Command", name: "PING", data: Uint8Array.of(0, 10) });
      // On a busy machine several beats come at once; each has been answered all the same.
      const pongs = (wire.sent.length - ready) / PONG.length;
      expect(pongs).toBeGreaterThanOrEqual(beat);
      expect(wire.sent.subarray(ready)).toEqual(Buffer.concat(Array(pongs).fill(PONG)));
      if (beat % 10 !== 0) continue;
      await wire.send(["we", `${beat}`]);
      expect((await theirs.receive()).map(String)).toEqual(["we", `${beat}`]);
      await theirs.send(["they", `${beat}`]);
      expect((await wire.message()).map(String)).toEqual(["they", `${beat}`]);
    }
    expect(wire.socket.readyState).toBe("open");
    expect(wire.session.error).toBeUndefined();
  });

  it("libzmq drops us if we do not answer", async () => {
    const theirs = opened(new Pair({ ...OPTIONS, heartbeatTimeout: 100 }));
    const dropped = new Promise((resolve) => theirs.events.on("disconnect", resolve));
    const wire = await meet({ socketType: "PAIR", codec }, theirs);
    wire.socket.pause();
    await dropped;
  });

  it.each([0, 1, 15, 16])("libzmq brings a context of %i octets back", async (length) => {
    const wire = await meet({ socketType: "PAIR", codec }, opened(new Pair()));
    const context = Uint8Array.from({ length }, (_, i) => 255 - i);
    await wire.write(wire.session.ping({ context, ttl: 600 }));
    expect(await wire.next("Command")).toEqual({ type: "Command", name: "PONG", data: context });
  });

  it("libzmq drops us after the TTL we gave it", async () => {
    const wire = await meet({ socketType: "PAIR", codec }, opened(new Pair()));
    await wire.write(wire.session.ping({ ttl: 2 }));
    expect(await wire.next("Command")).toMatchObject({ name: "PONG" });
    const ponged = performance.now();
    await wire.closed;
    expect(performance.now() - ponged).toBeGreaterThan(100);
    expect(wire.session.error).toBeUndefined();
  });
});
