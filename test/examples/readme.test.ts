/** The README's JavaScript, run as it stands by somebody who has installed the package. A block that is not known here fails. */
import { once } from "node:events";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import net from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { libzmq, opened } from "../support/libzmq.js";
import { hello, rawDial } from "../support/raw.js";
import { blocks } from "../support/readme.js";
import { Program } from "./program.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
interface Known {
  /** What the block does. */
  readonly name: string;
  /** Some text that only this block has. */
  readonly text: string;
  readonly test: (block: string) => Promise<void>;
}

const KNOWN: readonly Known[] = [
  {
    name: "a Subscriber with the API of zeromq",
    text: "new Subscriber()",
    async test(block) {
      const publisher = opened(new libzmq.XPUB({ linger: 0 }));
      await publisher.bind("tcp://127.0.0.1:*");
      const program = await run(block.replace("5556", publisher.lastEndpoint?.split(":").at(-1) as string));
      expect(String(await publisher.receive())).toBe("\x01weather.");
      await publisher.send(["weather.berlin", "cloudy"]);
      await program.says(/^weather\.berlin: cloudy$/);
      program.interrupt();
      expect(await program.exit).toBe("SIGINT");
      expect(program.errors).toBe("");
    },
  },
  {
    name: "a Request and a Reply with the API of zeromq",
    text: "new Reply()",
    async test(block) {
      const program = await run(block);
      expect(await program.exit).toBe(0);
      expect(program.lines).toEqual(["2 + 2? 4"]);
      expect(program.errors).toBe("");
    },
  },
  {
    name: "a subscriber",
    text: 'connect("tcp://127.0.0.1:5556", { socketType: "SUB" })',
    async test(block) {
      const publisher = opened(new libzmq.XPUB({ linger: 0 }));
      await publisher.bind("tcp://127.0.0.1:*");
      const program = await run(block.replace("5556", publisher.lastEndpoint?.split(":").at(-1) as string));
      expect(String(await publisher.receive())).toBe("\x01weather.");
      await publisher.send(["weather.berlin", "cloudy"]);
      await program.says(/^weather\.berlin: cloudy$/);
      publisher.close();
      await program.says(/^ended by: peer $/);
      expect(await program.exit).toBe(0);
      expect(program.errors).toBe("");
    },
  },
  {
    name: "an echo server",
    text: 'listen("tcp://127.0.0.1:0", { socketType: "ROUTER" })',
    async test(block) {
      const program = await run(block);
      const [, endpoint] = await program.says(/^listening on (tcp:.*)/);
      const dealer = opened(new libzmq.DEALER({ linger: 0 }));
      dealer.connect(endpoint as string);
      await dealer.send(["a", "", "b"]);
      expect((await dealer.receive()).map(String)).toEqual(["a", "", "b"]);
      program.interrupt();
      expect(await program.exit).toBe("SIGINT");
      expect(program.errors).toBe("");
    },
  },
  {
    name: "CURVE",
    text: "curveServer(",
    async test(block) {
      const program = await run(block);
      await program.says(/^sealed$/);
      expect(await program.exit).toBe(0);
      expect(program.errors).toBe("");
    },
  },
  {
    name: "a listener that tells whom it did not let in",
    text: "onRefused:",
    async test(block) {
      const port = await freePort();
      const program = await run(block.replace("127.0.0.1:0", `127.0.0.1:${port}`));
      for (const word of [hello("PUB"), Buffer.from("GET / HTTP/1.1\r\n\r\n")]) (await patientDial(port)).write(word);
      const told = () => ["The peer is a PUB", "HTTP"].every((words) => program.errors.includes(words));
      while (!told()) await new Promise((resolve) => setTimeout(resolve, 10));
      // The lines that the README shows, but for their ports.
      const shown =
        /^127\.0\.0\.1:\d+ The peer is a PUB; ours is a PULL and talks to PUSH \(octet \d+; RFC 37, The Socket-Type/m;
      expect(program.errors).toMatch(shown);
      expect(program.errors).toMatch(/^127\.0\.0\.1:\d+ The first octet is 0x47.*HTTP/m);
    },
  },
  {
    name: "a session on a socket of one's own",
    text: "socket.write(session.start())",
    async test(block) {
      const publisher = opened(new libzmq.XPUB({ linger: 0 }));
      await publisher.bind("tcp://127.0.0.1:*");
      const program = await run(block.replaceAll("5556", publisher.lastEndpoint?.split(":").at(-1) as string));
      await program.says(/^talking to a XPUB$/);
      expect(String(await publisher.receive())).toBe("\x01weather.");
      await publisher.send(["weather.berlin", "cloudy"]);
      await program.says(/^… Uint8Array\(14\)/);
      await program.says(/^\. Uint8Array\(6\) \[ 99, 108, 111, 117, 100, 121 \]/);
      publisher.close();
      expect(await program.exit).toBe(0);
      expect(program.errors).toBe("");
    },
  },
  {
    name: "the codec alone",
    text: "new FrameDecoder({ maxFrameSize",
    async test(block) {
      const program = await run(block);
      expect(await program.exit).toBe(0);
      expect(program.errors).toBe("");
      expect(program.lines).toEqual([
        "14 octets, the first 119 more follow",
        "6 octets, the first 99 last",
        "12 octets, the first 97 last",
        "wasm 38",
      ]);
    },
  },
];

/** A port that nobody listened on a moment ago: the block does not say which one the system chose. */
async function freePort(): Promise<number> {
  const server = net.createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as net.AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Connects as soon as somebody listens. */
async function patientDial(port: number): Promise<net.Socket> {
  for (;;) {
    try {
      return (await rawDial(`tcp://127.0.0.1:${port}`)).resume();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

let folder: string;
let files = 0;

/** Runs a block in a folder where the package is installed. */
async function run(block: string): Promise<Program> {
  const path = join(folder, `block-${++files}.mjs`);
  await writeFile(path, block);
  return Program.file(path);
}

describe("the README's JavaScript", () => {
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "monocoque-readme-"));
    await mkdir(join(folder, "node_modules"));
    await symlink(root, join(folder, "node_modules/monocoque"), "junction");
  });

  afterAll(() => rm(folder, { recursive: true }));

  it("is there", () => expect(blocks.length).toBeGreaterThan(0));

  for (const [index, block] of blocks.entries()) {
    const known = KNOWN.filter(({ text }) => block.includes(text));
    it(`block ${index + 1}: ${known[0]?.name ?? "unknown"}`, async () => {
      expect(known.length, `one test for this block of the README, in KNOWN:\n\n${block}`).toBe(1);
      await known[0]?.test(block);
    });
  }
});
