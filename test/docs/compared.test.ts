/** What docs/compared.md says of other packages and marks with ✓ is what they do when they are run. */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as jszmq from "jszmq";
import { expect, it, onTestFinished } from "vitest";
import * as zmq from "zeromq";
import * as ours from "../../src/zeromq/index.js";
import { opened } from "../support/libzmq.js";

const row = async (begins: string) => {
  const page = await readFile(fileURLToPath(new URL("../../docs/compared.md", import.meta.url)), "utf8");
  const line = page.split("\n").find((text) => text.startsWith(`| ${begins} ✓ |`));
  return line
    ?.split("|")
    .slice(2, 5)
    .map((cell) => cell.trim());
};

/** What a call throws, in words; "": nothing. */
function refusal(call: () => void): string {
  try {
    call();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

it("transports", async () => {
  expect(await row("`tcp://`, `ipc://`")).toEqual(["yes", "yes", 'no: "unsupported transport"']);
  for (const url of ["tcp://127.0.0.1:1", "ipc:///nowhere/x"]) {
    expect(refusal(() => opened(new zmq.Dealer({ linger: 0 })).connect(url))).toBe("");
    expect(refusal(() => new jszmq.Dealer().connect(url))).toBe("unsupported transport");
  }
  expect(await row("`udp://`, `pgm://`")).toEqual([
    "**no**",
    "`udp://` for drafts; no `pgm://` in the binaries of npm",
    "no",
  ]);
  const pgm = "pgm://127.0.0.1;239.0.0.1:1";
  expect([zmq.capability.pgm, zmq.capability.draft]).toEqual([false, true]);
  expect(refusal(() => opened(new zmq.Publisher({ linger: 0 })).connect(pgm))).toMatch(/not supported/);
  for (const url of [pgm, "udp://127.0.0.1:1"]) {
    const socket = new ours.Publisher({ linger: 0 });
    onTestFinished(() => socket.close());
    expect(refusal(() => socket.connect(url))).toMatch(/not supported/i);
    expect(refusal(() => new jszmq.Pub().connect(url))).toBe("unsupported transport");
  }
});

it("PLAIN and CURVE", async () => {
  expect(await row("PLAIN, CURVE")).toEqual(["yes; CURVE with `libsodium-wrappers`", "yes", "no options for them"]);
  expect([zmq.capability.curve, ours.capability.curve]).toEqual([true, true]);
  const { options } = new jszmq.Dealer() as unknown as { options: object };
  expect(Object.keys(options).filter((name) => /plain|curve|zap/i.test(name))).toEqual([]);
});

it("what a socket of the addon says of a peer of the wrong type", async () => {
  expect((await row("says why a handshake failed"))?.[1]).toContain("`disconnect`, and no reason");
  const router = opened(new zmq.Router({ linger: 0 }));
  // Whoever has not asked for events before they happen is told of none.
  const { events } = router;
  await router.bind("tcp://127.0.0.1:*");
  opened(new zmq.Publisher({ linger: 0 })).connect(String(router.lastEndpoint));
  const said: string[] = [];
  for await (const event of events) {
    if (event.type === "bind") continue;
    said.push(`${event.type} ${"error" in event ? event.error : ""}`.trim());
    if (event.type === "disconnect") break;
  }
  expect(said).toEqual(["accept", "disconnect"]);
});
