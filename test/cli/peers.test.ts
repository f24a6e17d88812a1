/** The shell's peers against libzmq: what stands on a line is what was sent. */
import { createServer } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import * as zmq from "zeromq";
import { opened } from "../support/libzmq.js";
import { objects, run, start } from "./program.js";

const bound = async <S extends zmq.Socket>(socket: S) => {
  await opened(socket).bind("tcp://127.0.0.1:*");
  return socket.lastEndpoint as string;
};
const LISTENING = /listening on (\S+)/;

describe("peers that send", () => {
  it("pushes the lines of stdin, several frames and every octet", async () => {
    const pull = new zmq.Pull();
    const url = await bound(pull);
    const ended = run(["push", url], "one\na\\x00\\xff\ttwo\n\n");
    expect(await pull.receive()).toEqual([Buffer.from("one")]);
    expect(await pull.receive()).toEqual([Buffer.from([0x61, 0, 0xff]), Buffer.from("two")]);
    expect(await pull.receive()).toEqual([Buffer.alloc(0)]);
    expect(await ended).toEqual({ code: 0, stdout: "", stderr: "" });
  });

  it.each([
    [["--hex"], "00ff 61\n"],
    [["--json"], '{"frames":[{"hex":"00ff"},{"text":"a"}]}\n'],
    [["-0"], "\\x00\\xff\ta\0"],
  ])("reads %j", async (options, stdin) => {
    const pull = new zmq.Pull();
    const url = await bound(pull);
    const ended = run(["push", ...options, url], stdin);
    expect(await pull.receive()).toEqual([Buffer.from([0, 0xff]), Buffer.from("a")]);
    expect((await ended).code).toBe(0);
  });

  it("sends the command line's messages over and over, COUNT times", async () => {
    const pull = new zmq.Pull();
    const url = await bound(pull);
    const ended = run(["push", url, "a", "b", "-n", "5", "--rate", "200"]);
    const got: string[] = [];
    for (let i = 0; i < 5; i++) got.push(`${(await pull.receive())[0]}`);
    expect(got.join("")).toBe("ababa");
    expect((await ended).code).toBe(0);
  });

  it("publishes once somebody has subscribed", async () => {
    const running = start(["pub", "--listen", "tcp://127.0.0.1:*", "first", "second"]);
    const sub = opened(new zmq.Subscriber());
    sub.connect(await running.seen(LISTENING));
    sub.subscribe();
    expect([`${await sub.receive()}`, `${await sub.receive()}`]).toEqual(["first", "second"]);
    expect(await running.ended).toBe(0);
  });

  it("asks, and shows each answer", async () => {
    const rep = new zmq.Reply();
    const url = await bound(rep);
    const ended = run(["req", url, "--json", "q1", "q2"]);
    for (const answer of ["a1", Buffer.from([0xfe])]) {
      expect(`${await rep.receive()}`).toMatch(/^q[12]$/);
      await rep.send(answer);
    }
    const { code, stdout } = await ended;
    expect(objects(stdout)).toEqual([
      { type: "message", frames: [{ text: "a1" }] },
      { type: "message", frames: [{ hex: "fe" }] },
    ]);
    expect(code).toBe(0);
  });

  it("answers: the request, or what it was given", async () => {
    for (const [options, expected] of [
      [["--echo"], ["x", "y"]],
      [
        ["p", "q"],
        ["p", "q"],
      ],
    ] as const) {
      const running = start(["rep", "--listen", "tcp://127.0.0.1:*", ...options, "-n", "2"]);
      const req = opened(new zmq.Request());
      req.connect(await running.seen(LISTENING));
      for (const [i, question] of ["x", "y"].entries()) {
        await req.send(question);
        expect(`${await req.receive()}`).toBe(expected[i]);
      }
      expect(await running.ended).toBe(0);
      expect(running.stdout).toBe("x\ny\n");
    }
  });

  it("deals: sends and shows at the same time", async () => {
    const router = new zmq.Router();
    const url = await bound(router);
    const running = start(["dealer", url, "--identity", "me", "-n", "2"], "one\ntwo\n");
    for (const wanted of ["one", "two"]) {
      expect((await router.receive()).map(String)).toEqual(["me", wanted]);
      await router.send(["me", wanted.toUpperCase()]);
    }
    expect(await running.ended).toBe(0);
    expect(running.stdout).toBe("ONE\nTWO\n");
  });
});

describe("peers that receive", () => {
  it("shows hostile text made harmless", async () => {
    const push = new zmq.Push();
    const url = await bound(push);
    const ended = run(["pull", url, "-n", "2"]);
    await push.send("\u001b]0;owned\u0007\nfake line\u009b2J");
    await push.send([Buffer.from([0xff, 0x5c]), "\u202e"]);
    expect((await ended).stdout).toBe("\\x1b]0;owned\\x07\\nfake line\\xc2\\x9b2J\n\\xff\\\\\t\\xe2\\x80\\xae\n");
  });

  it("subscribes to topics only", async () => {
    const xpub = new zmq.XPublisher();
    const url = await bound(xpub);
    const ended = run(["sub", url, "--topic", "b", "-n", "1", "--hex"]);
    expect([...((await xpub.receive())[0] as Buffer)]).toEqual([1, 0x62]);
    await xpub.send("a1");
    await xpub.send("b2");
    expect((await ended).stdout).toBe("6232\n");
  });

  it("ends in order by Ctrl-C", async () => {
    const push = new zmq.Push();
    const running = start(["pull", await bound(push)], null);
    await push.send("here");
    await running.seen(/here/);
    running.child.kill("SIGINT");
    expect([await running.ended, running.stderr]).toEqual([0, ""]);
  });

  it("is quiet when its reader goes away", async () => {
    const push = new zmq.Push();
    const running = start(["pull", await bound(push)], null);
    await push.send("first");
    await running.seen(/first/);
    running.child.stdout?.destroy();
    let over = false;
    void running.ended.then(() => {
      over = true;
    });
    while (!over) {
      await Promise.race([push.send("more").catch(() => {}), running.ended]);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect([await running.ended, running.stderr]).toEqual([0, ""]);
  });
});

describe("peers that meet nobody", () => {
  it("has exit code 3 where nobody is", async () => {
    const { code, stderr } = await run(["pull", "tcp://127.0.0.1:1", "-t", "0.3"]);
    expect([code, stderr]).toEqual([3, expect.stringContaining("nobody was there")]);
  });

  it("has exit code 4 where somebody is and nothing comes", async () => {
    const running = start(["pull", await bound(new zmq.Push()), "-t", "2", "--json"]);
    expect(await running.ended).toBe(4);
    expect(objects(running.stdout)).toMatchObject([{ type: "error", exit: 4 }]);
  });

  it("has exit code 1 where the peer breaks the protocol", async () => {
    const server = createServer((socket) => socket.on("error", () => {}).end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    onTestFinished(() => void server.close());
    const { port } = server.address() as { port: number };
    const { code, stderr } = await run(["pull", `tcp://127.0.0.1:${port}`, "-t", "20"]);
    expect([code, stderr]).toEqual([1, expect.stringContaining("could not agree")]);
  });
});
