/** Every example, run as its reader runs it, with real libzmq peers. */

import { describe, expect, it } from "vitest";
import type { Socket } from "zeromq";
import { encodeFrame, encodeMessage } from "../../src/node.js";
import { launch, noBrowser } from "../support/browser.js";
import { accepted, listening, nextText } from "../support/connections.js";
import { libzmq, opened } from "../support/libzmq.js";
import { concat, text } from "../support/pieces.js";
import { hello, rawDial } from "../support/raw.js";
import { Program } from "./program.js";

/** Has libzmq listen, and says where. */
async function bound(socket: Socket): Promise<string> {
  await socket.bind("tcp://127.0.0.1:*");
  return socket.lastEndpoint as string;
}

describe("subscriber.js", () => {
  it("prints what a libzmq publisher publishes, until one of both leaves", async () => {
    const publisher = opened(new libzmq.XPUB({ linger: 0 }));
    const subscriber = Program.example("subscriber.js", await bound(publisher), "weather.", "news.");
    const prefixes = [await publisher.receive(), await publisher.receive()].map(([prefix]) => String(prefix));
    expect(prefixes).toEqual(["\x01weather.", "\x01news."]);
    await subscriber.says(/^subscribed to a XPUB at tcp:/);

    await publisher.send(["sport.tennis", "nobody asked"]);
    await publisher.send(["weather.berlin", "cloudy", "12 °C"]);
    await publisher.send("news.none");
    await subscriber.says(/^weather\.berlin \| cloudy \| 12 °C$/);
    await subscriber.says(/^news\.none$/);

    subscriber.interrupt();
    expect(await subscriber.exit).toBe(0);
    expect(subscriber.lines).toHaveLength(4);
    expect(subscriber.errors).toBe("");
  });
});

describe("echo.js", () => {
  it("answers libzmq's DEALER and REQ", async () => {
    const server = Program.example("echo.js", "serve", "tcp://127.0.0.1:0");
    const [, endpoint = ""] = await server.says(/^listening on (tcp:.*)$/);

    const dealer = opened(new libzmq.DEALER());
    dealer.connect(endpoint);
    const big = Buffer.alloc(1_000_000, "x");
    await dealer.send(["one", "", big]);
    expect((await dealer.receive()).map((frame) => frame.length)).toEqual([3, 0, big.length]);

    const request = opened(new libzmq.REQ());
    request.connect(endpoint);
    await request.send(["one", "two"]);
    expect((await request.receive()).map(text)).toEqual(["one", "two"]);

    dealer.close();
    await server.says(/^a DEALER has gone \(peer\)$/);
  });

  it("asks libzmq's ROUTER", async () => {
    const router = opened(new libzmq.ROUTER());
    const asker = Program.example("echo.js", "ask", await bound(router), "hello", "monocoque");
    for (let i = 0; i < 2; i++) await router.send(await router.receive());
    expect(await asker.exit).toBe(0);
    expect(asker.lines).toEqual(["hello", "monocoque"]);
  });

  it("asks itself", async () => {
    const server = Program.example("echo.js", "serve", "tcp://127.0.0.1:0");
    const [, endpoint = ""] = await server.says(/^listening on (tcp:.*)$/);
    const asker = Program.example("echo.js", "ask", endpoint);
    expect(await asker.exit).toBe(0);
    expect(asker.lines).toEqual(["hello", "world"]);
  });
});

describe("proxy.js", () => {
  it("carries frames both ways between libzmq's sockets, identities included", async () => {
    // A ROUTER drops what is over its mark.
    const router = opened(new libzmq.ROUTER({ sendHighWaterMark: 0 }));
    const proxy = Program.example("proxy.js", "tcp://127.0.0.1:0", await bound(router));
    const [, front = ""] = await proxy.says(/^forwarding from (tcp:\S+)/);

    const dealer = opened(new libzmq.DEALER({ routingId: "client" }));
    dealer.connect(front);
    await proxy.says(/^a DEALER goes to a ROUTER$/);
    const COUNT = 10_000;
    const sending = (async () => {
      for (let i = 0; i < COUNT; i++) await dealer.send([`message ${i}`, "", Buffer.alloc(i % 300, i)]);
    })();
    const echoing = (async () => {
      for (let i = 0; i < COUNT; i++) {
        const message = await router.receive();
        expect(String(message[0])).toBe("client");
        await router.send(message);
      }
    })();
    for (let i = 0; i < COUNT; i++) {
      const [head, empty, body] = await dealer.receive();
      expect([String(head), empty?.length]).toEqual([`message ${i}`, 0]);
      expect(body?.equals(Buffer.alloc(i % 300, i))).toBe(true);
    }
    await Promise.all([sending, echoing]);
  });

  it.each(["a reset", "half a frame", "garbage"])("lets the server go when its client leaves with %s", async (how) => {
    const back = await listening("tcp://127.0.0.1:0", { socketType: "ROUTER" });
    const proxy = Program.example("proxy.js", "tcp://127.0.0.1:0", back.endpoint);
    const [, front = ""] = await proxy.says(/^forwarding from (tcp:\S+)/);
    const client = await rawDial(front);
    client.write(concat(hello("DEALER"), encodeMessage("a question")));
    const server = await accepted(back);
    expect(await nextText(server)).toEqual(["a question"]);
    if (how === "a reset") client.resetAndDestroy();
    else client.end(how === "garbage" ? Buffer.alloc(100, 0xff) : encodeFrame("half").subarray(0, 3));
    expect((await server.closed).by).toBe("peer");
    await proxy.says(/^a DEALER has gone$/);
    expect(proxy.errors).toBe("");
  });

  it("drops a client whose server cannot be reached, and serves the next", async () => {
    const reply = opened(new libzmq.REP());
    const back = await bound(reply);
    await reply.unbind(back);
    const proxy = Program.example("proxy.js", "tcp://127.0.0.1:0", back);
    const [, front = ""] = await proxy.says(/^forwarding from (tcp:\S+)/);
    const request = opened(new libzmq.REQ({ reconnectInterval: 50 }));
    request.connect(front);
    await proxy.says(/^a REQ was dropped: .*ECONNREFUSED/);

    await reply.bind(back);
    await proxy.says(/^a REQ goes to a REP$/);
    await request.send("still there?");
    await reply.send(await reply.receive());
    expect(String(await request.receive())).toBe("still there?");
  });
});

describe("codec.js", () => {
  it("prints what two libzmq peers say to each other, and does not disturb them", async () => {
    const reply = opened(new libzmq.REP());
    const port = (await bound(reply)).split(":").at(-1) as string;
    const tap = Program.example("codec.js", "0", port);
    const [, tapped] = await tap.says(/^listening on port (\d+)$/);

    const request = opened(new libzmq.REQ({ linger: 0 }));
    request.connect(`tcp://127.0.0.1:${tapped}`);
    await request.send(["ping", "\x00\xff"]);
    expect((await reply.receive()).map(String)).toEqual(["ping", "\x00\xff"]);
    await reply.send("pong");
    expect(String(await request.receive())).toBe("pong");
    request.close();
    await tap.says(/hung up/);

    expect(tap.lines.filter((line) => line.startsWith("→ command"))).toHaveLength(1);
    expect(tap.lines.filter((line) => line.startsWith("← command"))[0]).toMatch(/READY.*Socket-Type.*REP/);
    expect(tap.lines.filter((line) => line.includes("frame"))).toEqual([
      "→ frame, more follow, 0 octets: ",
      "→ frame, more follow, 4 octets: ping",
      "→ frame, the last, 3 octets: ···",
      "← frame, more follow, 0 octets: ",
      "← frame, the last, 4 octets: pong",
    ]);
  });
});

const missing = noBrowser();
if (missing) console.warn(`SKIPPED: the example in a page: ${missing}`);

describe.skipIf(missing)("page/", () => {
  it("shows a live rate in a real Chromium", async () => {
    const server = Program.example("page/serve.js", "0", "ws://127.0.0.1:*", "2000");
    const [url] = await server.says(/^http:.*$/);
    const browser = await launch();
    try {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on("pageerror", (error) => faults.push(String(error)));
      page.on("requestfailed", (request) => faults.push(`${request.url()} failed`));
      page.on("response", (response) => {
        if (!response.ok()) faults.push(`${response.url()}: ${response.status()}`);
      });
      await page.goto(url);
      const shown = (id: string) => `Number(document.getElementById("${id}").textContent.replaceAll(",", ""))`;
      await page.waitForFunction(`${shown("rate")} > 0 && ${shown("total")} > 500`, undefined, { timeout: 90_000 });
      expect(await page.textContent("#state")).toBe("live");
      expect(await page.textContent("#codec")).toBe("wasm");
      expect((await page.getAttribute("#line", "d"))?.split("L").length).toBeGreaterThan(1);
      // The same stream in a worker, with frames and stalls of its own.
      expect(await page.textContent("#memory")).toBe("this thread");
      await page.getByRole("radio", { name: "a worker" }).check();
      await page.waitForFunction('document.getElementById("memory").textContent === "shared memory"');
      const before = await page.evaluate(shown("total"));
      await page.waitForFunction(`${shown("total")} > ${before} + 500`, undefined, { timeout: 90_000 });
      for (const where of ["main", "worker"]) {
        const frames = Number(await page.textContent(`[data-where=${where}] .frames`));
        expect(frames).toBeGreaterThan(0);
        expect(await page.getAttribute(`[data-where=${where}] .bars`, "d")).toMatch(/^(M[\d.]+ 40V[\d.]+)+$/);
      }
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
  });
});
