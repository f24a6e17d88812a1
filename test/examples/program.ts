/** A program as its user runs it: a process of its own, read line by line. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";

export class Program {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #errors = "";
  #next = 0;
  #over = false;
  #wake = () => {};
  /** Its exit code, or the signal that ended it. */
  readonly exit: Promise<number | string>;

  private constructor(path: string, args: readonly string[]) {
    const child = spawn(process.execPath, [path, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    this.#child = child;
    createInterface(child.stdout).on("line", (line) => {
      this.#lines.push(line);
      this.#wake();
    });
    child.stderr.on("data", (chunk) => {
      this.#errors += chunk;
    });
    this.exit = once(child, "close").then(([code, signal]) => {
      this.#over = true;
      this.#wake();
      return code ?? signal;
    });
    onTestFinished(async () => {
      child.kill("SIGKILL");
      await this.exit;
    });
  }

  /** Runs a file of examples/, until the test is over at the latest. */
  static example(name: string, ...args: readonly string[]): Program {
    return new Program(fileURLToPath(new URL(`../../examples/${name}`, import.meta.url)), args);
  }

  static file(path: string, ...args: readonly string[]): Program {
    return new Program(path, args);
  }

  /** All it has printed so far. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** What it has complained of. */
  get errors(): string {
    return this.#errors;
  }

  /** What matches in the next line that matches; fails if the program ends without it. */
  async says(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      while (this.#next < this.#lines.length) {
        const match = pattern.exec(this.#lines[this.#next++] as string);
        if (match) return match;
      }
      if (this.#over) throw new Error(`never said ${pattern}, but:\n${this.#lines.join("\n")}\n${this.#errors}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  interrupt(): void {
    this.#child.kill("SIGINT");
  }
}
