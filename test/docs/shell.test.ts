/** What the documents tell people to type: each line that runs `monocoque` is run, with libzmq's peer at the other end. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { Publisher, Pull, Subscriber } from "zeromq";
import { opened } from "../support/libzmq.js";
import { blocksOf, documents, root } from "./markdown.js";

const lines = documents
  .flatMap(blocksOf)
  .filter(({ language }) => language === "sh")
  .flatMap(({ text }) => text.split("\n"))
  .filter((line) => line.includes("npx monocoque"));

/** A line with another endpoint in it. What it prints is told to `heard`, piece by piece. */
function typed(line: string, endpoint: string, heard: (text: string) => void = () => {}) {
  const command = line
    .replace("npx monocoque", `"${process.execPath}" "${join(root, "dist/cli.js")}"`)
    .replace(/tcp:\/\/127\.0\.0\.1:\d+/, endpoint);
  // A group of its own: its end is that of all its parts.
  const shell = spawn("sh", ["-c", command], { detached: true, stdio: ["ignore", "pipe", "pipe"] });
  onTestFinished(() => {
    if (shell.exitCode === null) process.kill(-(shell.pid as number), "SIGKILL");
  });
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (chunk) => heard(String(chunk)));
  return shell;
}

/** Where a line that listens does so, as it says. */
function listening(line: string): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    typed(line, "tcp://127.0.0.1:0", (text) => {
      said += text;
      const [endpoint] = /tcp:\/\/127\.0\.0\.1:[1-9]\d*(?=\s)/.exec(said) ?? [];
      if (endpoint !== undefined) resolve(endpoint);
    });
  });
}

const lineOf = (part: string) => lines.find((line) => line.includes(part)) as string;

it("knows each of them", () => {
  expect(lines.map((line) => /monocoque (\w+)/.exec(line)?.[1])).toEqual(["pub", "probe", "push"]);
});

it("a publisher says the weather again and again", async () => {
  const subscriber = opened(new Subscriber());
  subscriber.subscribe("weather.");
  subscriber.connect(await listening(lineOf("pub")));
  expect((await subscriber.receive()).map(String)).toEqual(["weather.berlin", "cloudy"]);
});

it("work is pushed, a number a message", async () => {
  const pull = opened(new Pull());
  pull.connect(await listening(lineOf("push")));
  expect([String(await pull.receive()), String(await pull.receive())]).toEqual(["1", "2"]);
});

it("a publisher is found to be healthy", async () => {
  const publisher = opened(new Publisher());
  await publisher.bind("tcp://127.0.0.1:*");
  const [code] = await once(typed(lineOf("probe"), publisher.lastEndpoint as string), "exit");
  expect(code).toBe(0);
});
