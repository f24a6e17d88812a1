/** The README's JavaScript, run as it stands by somebody who has installed the package. A block that is not known here fails. */
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { libzmq, opened } from "../support/libzmq.js";
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
    name: "a subscriber",
    text: 'connect("tcp://127.0.0.1:5556", { socketType: "SUB" })',
    async test(block) {
      const publisher = opened(new libzmq.XPUB({ linger: 0 }));
      await publisher.bind("tcp://127.0.0.1:*");
      const program = await run(block.replace("5556", publisher.lastEndpoint?.split(":").at(-1) as string));
      expect(String(await publisher.receive())).toBe("\x01weather.");
      await publisher.send(["weather.berlin", "cloudy"]);
      await program.says(/^14 octets of topic, 6 of body$/);
      publisher.close();
      await program.says(/^the publisher has closed$/);
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
