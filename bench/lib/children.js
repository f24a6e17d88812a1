/** Peers in processes of their own, seen from outside. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const living = new Set();
process.on("exit", () => {
  for (const child of living) child.kill("SIGKILL");
});

/** How long a peer may take to answer. */
const PATIENCE = 60_000;

export class Peer {
  #name;
  #child;
  #lines = [];
  #waiting = [];
  #gone;

  constructor(name, command, args) {
    this.#name = `${name} ${args.join(" ")}`;
    const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
    this.#child = child;
    living.add(child);
    child.once("exit", (code, signal) => {
      living.delete(child);
      this.#end(new Error(`${this.#name} ended: ${signal ?? code}`));
    });
    child.once("error", (error) => this.#end(error));
    child.stdin.on("error", () => {});
    createInterface(child.stdout).on("line", (line) => {
      const waiting = this.#waiting.shift();
      if (waiting) waiting.resolve(line);
      else this.#lines.push(line);
    });
  }

  #end(error) {
    this.#gone = error;
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }

  /** The words of its next line, without the first, which must be `word`. */
  async next(word) {
    const line = this.#lines.shift() ?? (await this.#line());
    const [first, ...rest] = line.split(" ");
    if (first !== word) throw new Error(`${this.#name} said "${line}", not "${word}"`);
    return rest;
  }

  async #line() {
    if (this.#gone) throw this.#gone;
    let timer;
    try {
      return await new Promise((resolve, reject) => {
        this.#waiting.push({ resolve, reject });
        timer = setTimeout(() => reject(new Error(`${this.#name} does not answer`)), PATIENCE);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  tell(line) {
    this.#child.stdin.write(`${line}\n`);
  }

  async cpu() {
    this.tell("cpu");
    return Number((await this.next("cpu"))[0]);
  }

  /** Ends it as a crash does; resolves when it is gone. */
  async kill() {
    this.#child.removeAllListeners("exit");
    const gone = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await gone;
    living.delete(this.#child);
  }

  close() {
    this.#child.removeAllListeners("exit");
    this.#child.once("exit", () => living.delete(this.#child));
    this.#child.stdin.end();
    setTimeout(() => this.#child.kill("SIGKILL"), 1000).unref();
  }
}

/** How to start a peer written in JavaScript, or the program that was compiled. */
export const node =
  (name, flags = []) =>
  (...args) =>
    new Peer(name, process.execPath, [
      ...flags,
      fileURLToPath(new URL(`../peers/${name}.js`, import.meta.url)),
      ...args.filter((arg) => arg !== undefined),
    ]);
export const native = (program) => (role, endpoint) =>
  new Peer("libzmq", program, [role, ...(endpoint ? [endpoint] : [])]);

/** Two peers, the first listening and the second connected to it. */
export async function pair(first, firstRole, second, secondRole) {
  const listening = first(firstRole);
  const [endpoint] = await listening.next("at");
  const connected = second(secondRole, endpoint);
  await connected.next("ready");
  return [listening, connected];
}
