/** Writes a recording while octets pass: many records with one call of the system, none copied. */
import type { FileHandle } from "node:fs/promises";
import { RECORDING_MAGIC, type Recorded, recordHeader } from "../inspect/recording.js";

/** Buffers of one write at most: the system takes no more. */
const AT_ONCE = 1024;
/** Octets that may wait for the disk before those who send have to wait, too. */
const WAITING = 32 * 1024 * 1024;

/** One recording. */
export class Recorder {
  readonly #file: FileHandle;
  #waiting: Uint8Array[] = [RECORDING_MAGIC];
  #octets = RECORDING_MAGIC.length;
  #writing: Promise<void> | undefined;
  #failure: unknown;

  constructor(file: FileHandle) {
    this.#file = file;
    this.#start();
  }

  /** Whether too much waits: then `room` tells when to go on. */
  get full(): boolean {
    return this.#octets > WAITING;
  }

  /** Resolves when nothing waits any more. Rejects if the disk failed. */
  async room(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Takes a record; its octets have to stay as they are. */
  add(record: Recorded): void {
    const header = recordHeader(record);
    this.#waiting.push(header);
    if (record.octets !== undefined && record.octets.length > 0) this.#waiting.push(record.octets);
    this.#octets += header.length + (record.octets?.length ?? 0);
    this.#start();
  }

  /** Writes the rest and closes the file. */
  async close(): Promise<void> {
    await this.room().finally(() => this.#file.close());
  }

  #start(): void {
    this.#writing ??= this.#write().finally(() => {
      this.#writing = undefined;
    });
  }

  async #write(): Promise<void> {
    try {
      // What comes within this turn goes out together.
      await new Promise((resolve) => setImmediate(resolve));
      while (this.#waiting.length > 0) await this.#writeSome(this.#waiting.splice(0, AT_ONCE));
    } catch (error) {
      this.#failure ??= error;
      this.#waiting = [];
      this.#octets = 0;
    }
  }

  async #writeSome(buffers: Uint8Array[]): Promise<void> {
    const size = buffers.reduce((sum, { length }) => sum + length, 0);
    const { bytesWritten } = await this.#file.writev(buffers);
    if (bytesWritten !== size) throw new Error("the disk took only a part of the recording: is it full?");
    this.#octets -= size;
  }
}
