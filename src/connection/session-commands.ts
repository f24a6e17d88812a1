/** The commands of a link's application, as its session puts them for the peer. RFC 37, "Commands". */
import type { Payload } from "../codec/payload.js";
import type { ZmtpSession } from "../session/session.js";
import type { Outflow } from "./outflow.js";
import type { Commands } from "./sender.js";

/** Says them by the session of the same thread. */
export class SessionCommands implements Commands {
  readonly #session: ZmtpSession;
  readonly #outflow: Outflow;

  constructor(session: ZmtpSession, outflow: Outflow) {
    this.#session = session;
    this.#outflow = outflow;
  }

  subscribe(prefix: Payload | undefined): void {
    this.#outflow.command(this.#session.subscribe(prefix));
  }

  cancel(prefix: Payload | undefined): void {
    this.#outflow.command(this.#session.cancel(prefix));
  }

  command(name: string, data: Uint8Array): void {
    this.#outflow.command(this.#session.command(name, data));
  }
}
