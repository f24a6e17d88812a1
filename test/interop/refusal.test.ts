/** Peers that do not go together: what our side says of it, and when there is nothing to say. */
import { describe, expect, it } from "vitest";
import { curveKeyPair, Pair } from "zeromq";
import { encodeGreeting } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { join, meet, opened } from "../support/libzmq.js";

const server = curveKeyPair();
const client = curveKeyPair();

/** libzmq's end under every mechanism but ours. */
const SECURED = [
  { mechanism: "PLAIN", role: "server", libzmq: "binds", options: { plainServer: true } },
  { mechanism: "PLAIN", role: "client", libzmq: "connects", options: { plainUsername: "ann", plainPassword: "pw" } },
  {
    mechanism: "CURVE",
    role: "server",
    libzmq: "binds",
    options: { curveServer: true, curveSecretKey: server.secretKey },
  },
  {
    mechanism: "CURVE",
    role: "client",
    libzmq: "connects",
    options: {
      curveServerKey: server.publicKey,
      curvePublicKey: client.publicKey,
      curveSecretKey: client.secretKey,
    },
  },
] as const;

describe.each(codecs)("$name codec", (codec) => {
  describe.each(SECURED)("a $mechanism $role", ({ mechanism, libzmq, options }) => {
    it("is refused for its mechanism, once it has named it", async () => {
      // libzmq names its mechanism when it knows our version and not yet our mechanism.
      const greeting = encodeGreeting().subarray(0, 12);
      const wire = await join({ socketType: "PAIR", codec }, opened(new Pair(options)), { libzmq, greeting });
      await wire.closed;
      expect(wire.events).toMatchObject([{ type: "Error", error: { code: "MECHANISM_MISMATCH", offset: 12 } }]);
      expect(wire.session.error?.message).toContain(`"${mechanism}", ours is "NULL"`);
      expect(wire.session.state).toBe("greeting");
    });

    it("hangs up on our whole greeting without naming its own", async () => {
      const wire = await join({ socketType: "PAIR", codec }, opened(new Pair(options)), { libzmq });
      await wire.closed;
      expect(wire.events).toMatchObject([{ type: "Error", error: { code: "PEER_CLOSED" } }]);
      expect(wire.session.error?.hint).toMatch(/mechanism/);
    });
  });

  it("libzmq hangs up without a word if we announce another mechanism", async () => {
    const greeting = encodeGreeting({ mechanism: "PLAIN" });
    const wire = await join({ socketType: "PAIR", codec }, opened(new Pair()), { greeting });
    await wire.closed;
    expect(wire.events).toMatchObject([{ type: "Error", error: { code: "PEER_CLOSED" } }]);
    expect(wire.session.error?.hint).toMatch(/mechanism/);
    expect([...wire.session.end()]).toEqual([]);
  });

  it("libzmq hangs up inside a frame", async () => {
    const theirs = opened(new Pair());
    const dropped = new Promise((resolve) => theirs.events.on("disconnect", resolve));
    const wire = await meet({ socketType: "PAIR", codec }, theirs);
    // It is to drop us when we fall silent, in the middle of more than the connection holds.
    await wire.write(wire.session.ping({ ttl: 2 }));
    await wire.next("Command");
    wire.socket.pause();
    await theirs.send(Buffer.alloc(32 * 1024 * 1024));
    await dropped;
    wire.socket.resume();
    await wire.closed;
    expect(wire.events.at(-1)).toMatchObject({ type: "Error", error: { code: "TRUNCATED" } });
  });

  it("libzmq closes when all is said: nothing is wrong", async () => {
    const theirs = opened(new Pair());
    const wire = await meet({ socketType: "PAIR", codec }, theirs);
    await theirs.send("goodbye");
    expect(String(await wire.message())).toBe("goodbye");
    theirs.close();
    await wire.closed;
    expect(wire.events.at(-1)?.type).toBe("Frame");
    expect(wire.session.error).toBeUndefined();
  });

  it("a frame over our limit is refused; what came before it was delivered", async () => {
    const theirs = opened(new Pair());
    const wire = await meet({ socketType: "PAIR", maxFrameSize: 1000, codec }, theirs);
    for (const size of [1000, 1001]) await theirs.send(Buffer.alloc(size));
    expect((await wire.message())[0].length).toBe(1000);
    const { error } = await wire.next("Error");
    expect(error.code).toBe("FRAME_TOO_LARGE");
    await wire.closed;
    expect(wire.events.at(-1)?.type).toBe("Error");
  });

  it("libzmq hangs up on a message over its limit; what came before it was delivered", async () => {
    const theirs = opened(new Pair({ maxMessageSize: 1000 }));
    const wire = await meet({ socketType: "PAIR", codec }, theirs);
    for (const size of [1000, 1001]) await wire.send(new Uint8Array(size));
    expect((await theirs.receive())[0].length).toBe(1000);
    await wire.closed;
    expect(wire.session.error).toBeUndefined();
  });
});
