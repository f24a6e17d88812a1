/** A Duplex of Node as a transport: a TLS socket, a child's pipes, a serial line. */
import type { Duplex } from "node:stream";
import type { Transport, TransportUser } from "../../src/index.js";

export class DuplexTransport implements Transport {
  readonly #duplex: Duplex;
  readonly #user: TransportUser;
  #error: unknown;

  /** For a duplex that is connected already. */
  constructor(duplex: Duplex, user: TransportUser) {
    this.#duplex = duplex;
    this.#user = user;
    // `ended` and `gone` come from the duplex itself, so their order is right. Its "error" comes before its "close".
    duplex.on("data", (chunk: Uint8Array) => user.received(chunk));
    duplex.on("end", () => user.ended());
    duplex.on("error", (error) => {
      this.#error = error;
    });
    duplex.on("close", () => user.gone(this.#error));
    user.attached(this);
  }

  write(chunks: readonly Uint8Array[]): boolean {
    this.#duplex.cork();
    for (const chunk of chunks) {
      this.#duplex.write(chunk, (error) => {
        if (!error) this.#user.sent(chunk.length, chunk);
      });
    }
    this.#duplex.uncork();
    return this.#duplex.writableLength === 0;
  }

  pause(): void {
    this.#duplex.pause();
  }

  resume(): void {
    this.#duplex.resume();
  }

  finish(): void {
    this.#duplex.end();
  }

  destroy(): void {
    this.#duplex.destroy();
  }
}
