/** What goes wrong between two ends that are set up wrongly is told to both, in words, on connections as they are used. */
import { type AddressInfo, createServer, connect as dial } from "node:net";
import { networkInterfaces } from "node:os";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import * as zmq from "zeromq";
import { curveClient, curveKeyPair, curveServer } from "../../src/curve.js";
import {
  connect as connectInPage,
  encodeGreeting,
  type Mechanism,
  overStreams,
  plainClient,
  plainServer,
  type ZmtpError,
} from "../../src/index.js";
import { anyEndpoint, connected, listening, pair } from "../support/connections.js";
import { opened } from "../support/libzmq.js";
import { transforms } from "../support/streams.js";

const keys = curveKeyPair();
const credentials = { username: "ann", password: "secret" };
const clients = { PLAIN: plainClient(credentials), CURVE: curveClient({ serverKey: keys.publicKey }) };
const servers = { PLAIN: plainServer(() => true), CURVE: curveServer(keys) };
const NAMES = ["PLAIN", "CURVE"] as const;

/** What each end is told: whoever connects, and whoever listens. */
async function told(near: Mechanism, far: Mechanism): Promise<[near: ZmtpError, far: ZmtpError]> {
  const refused: ZmtpError[] = [];
  const listener = await listening("tcp://127.0.0.1:0", {
    socketType: "PAIR",
    mechanism: far,
    onRefused: ({ error }) => void refused.push(error),
  });
  const error = await connected(listener.endpoint, { socketType: "PAIR", mechanism: near }).then(
    () => Promise.reject(new Error("they have met")),
    (error: ZmtpError) => error,
  );
  await vi.waitFor(() => expect(refused.length).toBe(1));
  return [error, refused[0] as ZmtpError];
}

describe.each(NAMES)("%s", (name) => {
  it("two servers are told so, both", async () => {
    for (const { code, message } of await told(servers[name], servers[name])) {
      expect(code).toBe("AS_SERVER");
      expect(message).toMatch(new RegExp(`The peer is a ${name} server, and so are we`));
      expect(message).toMatch(/change the role of one/);
    }
  });

  it("two clients are told so, both", async () => {
    for (const { code, hint } of await told(clients[name], clients[name])) {
      expect(code).toBe("UNEXPECTED_COMMAND");
      expect(hint).toMatch(new RegExp(`Both ends are ${name} clients: make .*${name.toLowerCase()}Server`));
    }
  });

  it("two servers of which one is libzmq, which does not say so: each waits for the other", async () => {
    const options = name === "PLAIN" ? { plainServer: true } : { curveServer: true, curveSecretKey: keys.secretKey };
    const theirs = opened(new zmq.Pair({ ...options, linger: 0 }));
    await theirs.bind("tcp://127.0.0.1:*");
    const ours = { socketType: "PAIR", mechanism: servers[name], handshakeTimeout: 500 } as const;
    await expect(connected(theirs.lastEndpoint as string, ours)).rejects.toMatchObject({
      code: "HANDSHAKE_TIMEOUT",
      hint: expect.stringMatching(/we are the server: is it a server, too\? libzmq/),
    });
  });

  it("a client of a peer that has greeted and says no more is not asked whether it is a server", async () => {
    const [ours, theirs] = transforms();
    const writer = theirs.writable.getWriter();
    void writer.write(encodeGreeting({ mechanism: name })).catch(() => {});
    const options = { socketType: "PAIR", mechanism: clients[name], handshakeTimeout: 500 } as const;
    await expect(overStreams(ours, options)).rejects.toMatchObject({
      code: "HANDSHAKE_TIMEOUT",
      hint: expect.stringMatching(/stopped or overloaded, or waits for something itself/),
    });
  });

  it("over ws:// it is refused at the call, and nobody is let in without it", async () => {
    const no = new RegExp(`no ${name} over ws://`);
    const [client, server] = [clients[name], servers[name]];
    await expect(listening("ws://127.0.0.1:0/", { socketType: "PAIR", mechanism: server })).rejects.toThrow(no);
    await expect(connected("ws://127.0.0.1:1/", { socketType: "PAIR", mechanism: client })).rejects.toThrow(no);
    await expect(connectInPage("wss://127.0.0.1:1/", { socketType: "PAIR", mechanism: client })).rejects.toThrow(no);
  });
});

describe("CURVE", () => {
  it("the wrong server key is told at both ends", async () => {
    const [near, far] = await told(curveClient({ serverKey: curveKeyPair().publicKey }), servers.CURVE);
    expect([near.code, far.code]).toEqual(["PEER_CLOSED", "CURVE_BOX"]);
    expect(near.hint).toMatch(/Does `serverKey` belong to this server\?/);
    expect(far.hint).toMatch(/expects another server: give it the public key of this one/);
  });

  it("a MESSAGE that comes a second time is told as such, and nothing more of it than the first", async () => {
    const [nearEnd, farEnd] = transforms();
    let replaying = false;
    const twice = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        controller.enqueue(chunk.slice());
        if (replaying) controller.enqueue(chunk.slice());
      },
    });
    nearEnd.readable.pipeTo(twice.writable).catch(() => {});
    const near = { readable: twice.readable, writable: nearEnd.writable };
    const [client, server] = await Promise.all([
      overStreams(near, { socketType: "PAIR", mechanism: clients.CURVE }),
      overStreams(farEnd, { socketType: "PAIR", mechanism: servers.CURVE }),
    ]);
    replaying = true;
    server.send("once");
    const heard: string[] = [];
    for await (const [payload] of client) heard.push(new TextDecoder().decode(payload));
    expect(heard).toEqual(["once"]);
    const { error } = await client.closed;
    expect(error).toMatchObject({
      code: "CURVE_NONCE",
      hint: expect.stringMatching(/repeats what was sent, or the peer's implementation counts wrongly/),
    });
    server.destroy();
  });
});

describe("PLAIN in the clear", () => {
  const own = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === "IPv4" && !address.internal)?.address;
  if (own === undefined)
    console.warn("SKIPPED: this machine has no network, so PLAIN cannot be seen travelling over one");

  /** Our code among the warnings of this process. */
  function warnings(): Error[] {
    const heard: Error[] = [];
    const hear = (warning: Error & { code?: string }) => {
      if (warning.code === "MONOCOQUE_PLAIN_IN_CLEAR") heard.push(warning);
    };
    process.on("warning", hear);
    onTestFinished(() => void process.off("warning", hear));
    return heard;
  }

  const meet = async (url: string, name: (typeof NAMES)[number]) => {
    const [near] = await pair(
      url,
      { socketType: "PAIR", mechanism: clients[name] },
      { socketType: "PAIR", mechanism: servers[name] },
    );
    await near.close();
  };
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  // In this order: the warning comes once a process.
  it("is nobody's business on this machine, or under CURVE", async () => {
    const heard = warnings();
    for (const url of ["tcp://127.0.0.1:0", "tcp://[::1]:0", await anyEndpoint("ipc")]) await meet(url, "PLAIN");
    if (own !== undefined) await meet(`tcp://${own}:0`, "CURVE");
    await turn();
    expect(heard).toEqual([]);
  });

  it.skipIf(own === undefined)("is warned of over a network, once", async () => {
    const heard = warnings();
    for (let i = 0; i < 3; i++) await meet(`tcp://${own}:0`, "PLAIN");
    await turn();
    expect(heard.length).toBe(1);
    expect(heard[0]?.message).toMatch(/^PLAIN shows user name and password .*Use CURVE/);
    expect(heard[0]?.message).toContain(own);
    expect(heard[0]?.message).not.toContain(credentials.password);
  });

  /** Each alone, with nobody but a bare socket at the other end. */
  const alone = {
    async "a listener"(host: string, dial: (port: number) => void) {
      const { listen } = await import("../../src/node.js");
      const listener = await listen(`tcp://${host}:0`, { socketType: "PAIR", mechanism: servers.PLAIN });
      onTestFinished(() => listener.close());
      dial(Number(listener.endpoint.split(":").at(-1)));
    },
    async "who connects"(host: string) {
      const { connect } = await import("../../src/node.js");
      const server = createServer((socket) => socket.destroy());
      onTestFinished(() => void server.close());
      await new Promise<void>((resolve) => server.listen(0, host, resolve));
      const { port } = server.address() as AddressInfo;
      connect(`tcp://${host}:${port}`, { socketType: "PAIR", mechanism: clients.PLAIN }).catch(() => {});
    },
    async "a socket that binds"(host: string, dial: (port: number) => void) {
      const { Pair } = await import("../../src/zeromq/index.js");
      const socket = new Pair({ plainServer: true, linger: 0 });
      onTestFinished(() => socket.close());
      await socket.bind(`tcp://${host}:*`);
      dial(Number(socket.lastEndpoint?.split(":").at(-1)));
    },
  };
  it.skipIf(own === undefined).each(Object.entries(alone))("%s warns", async (_, open) => {
    const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => emit.mockRestore());
    vi.resetModules();
    await open(own as string, (port) => {
      const socket = dial({ host: own as string, port });
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
    });
    await vi.waitFor(() => expect(emit).toHaveBeenCalledTimes(1));
    expect(emit.mock.lastCall?.[1]).toMatchObject({ code: "MONOCOQUE_PLAIN_IN_CLEAR" });
  });

  it.each([
    ["a client", "10.1.2.3", clients.PLAIN, 1],
    ["a server", "2001:db8::1", servers.PLAIN, 1],
    ["IPv4 within IPv6", "::ffff:10.1.2.3", servers.PLAIN, 1],
    ["this machine", "127.8.9.1", clients.PLAIN, 0],
    ["this machine within IPv6", "::ffff:127.0.0.1", clients.PLAIN, 0],
    ["this machine's IPv6", "::1", clients.PLAIN, 0],
    ["ipc://", undefined, clients.PLAIN, 0],
    ["CURVE", "10.1.2.3", clients.CURVE, 0],
    ["NULL", "10.1.2.3", undefined, 0],
  ])("as seen from %s at %s", async (_, remoteAddress, mechanism, count) => {
    const emit = vi.spyOn(process, "emitWarning").mockImplementation(() => {});
    onTestFinished(() => emit.mockRestore());
    vi.resetModules();
    const { warnIfExposed } = await import("../../src/connection/node/exposed.js");
    for (let i = 0; i < 3; i++) warnIfExposed(mechanism, { remoteAddress } as never);
    expect(emit).toHaveBeenCalledTimes(count);
    if (count > 0) expect(emit.mock.lastCall?.[1]).toMatchObject({ code: "MONOCOQUE_PLAIN_IN_CLEAR" });
  });
});
