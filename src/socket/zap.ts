/** Asking the ZAP handler of a context: whoever has bound `inproc://zeromq.zap.01` decides who may come in. RFC 27. */
import type { ZapHandler, ZapReply, ZapRequest } from "../mechanism/zap.js";
import type { EndpointOwner } from "./endpoints.js";
import { fault } from "./errno.js";
import type { InprocNames } from "./inproc.js";
import type { SentFrame } from "./message.js";
import type { Pipe, PipeUser } from "./pipe.js";
import { initialSettings } from "./settings.js";
import { numberIn, VERSION, verdictIn } from "./zap-reply.js";

const HANDLER = "inproc://zeromq.zap.01";
const NOTHING = new Uint8Array(0);

const utf8 = new TextDecoder();

/** Who waits for a verdict. */
interface Asked {
  resolve(reply: ZapReply): void;
  reject(error: unknown): void;
}

/** The one line from a context to its handler. */
class ZapLine implements PipeUser {
  readonly #names: InprocNames;
  readonly #asked = new Map<string, Asked>();
  #pipe: Pipe | undefined;
  #number = 0;

  constructor(names: InprocNames) {
    this.#names = names;
  }

  ask(request: ZapRequest): Promise<ZapReply> {
    if (!this.#names.isBound(HANDLER)) throw fault("EFAULT", HANDLER, "Nobody has bound the ZAP handler's endpoint");
    this.#pipe ??= this.#connect();
    const number = String(++this.#number);
    const { domain, address, identity, mechanism, credentials } = request;
    const message: SentFrame[] = [NOTHING, VERSION, number, domain, address, identity, mechanism, ...credentials];
    this.#pipe.send(message);
    return new Promise((resolve, reject) => this.#asked.set(number, { resolve, reject }));
  }

  #connect(): Pipe {
    const side = { user: this, settings: initialSettings(), identity: NOTHING, conflates: false };
    return this.#names.connect(HANDLER, side, NOTHING);
  }

  arrived(pipe: Pipe): void {
    for (let reply = pipe.receive(); reply !== undefined; reply = pipe.receive()) this.#answer(reply);
  }

  /** The handler is gone, and its verdicts will not come. */
  detached(): void {
    this.#pipe = undefined;
    for (const { reject } of this.#asked.values()) reject(fault("EFAULT", HANDLER, "The ZAP handler has gone"));
    this.#asked.clear();
  }

  attached(): void {}
  drained(): void {}
  renewed(): void {}
  subscribed(): void {}
  joined(): void {}

  #answer(reply: readonly Uint8Array[]): void {
    const number = numberIn(reply);
    // A reply without a number is broken, and somebody has to hear of it: whoever has waited longest.
    const [oldest] = this.#asked.keys();
    const key = number ?? oldest;
    const asked = this.#asked.get(key);
    if (asked === undefined) return;
    this.#asked.delete(key);
    try {
      asked.resolve(verdictIn(reply));
    } catch (error) {
      asked.reject(error);
    }
  }
}

const lines = new WeakMap<InprocNames, ZapLine>();

/** @internal Whether somebody decides in this context. */
export function hasZapHandler({ inproc }: EndpointOwner): boolean {
  return inproc.isBound(HANDLER);
}

/** @internal Asks the handler of a socket's context. Throws EFAULT if there is none. */
export function zapOf({ inproc }: EndpointOwner): ZapHandler {
  return (request) => {
    const line = lines.get(inproc) ?? new ZapLine(inproc);
    lines.set(inproc, line);
    return line.ask(request);
  };
}

/** @internal The domain that a socket's peers are judged in. */
export function zapDomainOf({ settings }: EndpointOwner): string {
  return utf8.decode(settings.zapDomain);
}
