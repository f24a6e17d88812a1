/** A link that is at work in another thread, as its application's thread has it. */
import { FrameBatch } from "../../codec/batch.js";
import { defaultCodec } from "../../codec/default.js";
import { octets, type Payload } from "../../codec/payload.js";
import { ZmtpError } from "../../error.js";
import { Metadata } from "../../session/metadata.js";
import type { PeerInfo } from "../../session/peer.js";
import { ZmtpSession } from "../../session/session.js";
import { checkSubscriber } from "../../session/subscription.js";
import { onAbort } from "../abort.js";
import type { ThreadMemory } from "../connection.js";
import { Patience } from "../deadline.js";
import { Deferred } from "../deferred.js";
import type { Ending } from "../ending.js";
import type { Faced } from "../face.js";
import { connectionError } from "../fault.js";
import { THREAD_PATIENCE } from "../limits.js";
import type { LinkSettings } from "../options.js";
import { Outflow, type OutflowUser } from "../outflow.js";
import type { PayloadMaker } from "../payload-maker.js";
import { type Commands, Sender } from "../sender.js";
import { Subscriptions, wishesOf } from "../subscriptions.js";
import { ZmtpOutbox } from "../zmtp-outbox.js";
import type { Passage } from "./passage.js";
import { RingInbox, type RingInboxUser } from "./ring-inbox.js";
import { RingTransport, type RingTransportUser } from "./ring-transport.js";
import type { ErrorFacts, News, Order, PeerFacts } from "./words.js";

/** What a remote link needs of the thread that its work is done in. */
export interface Workplace {
  tell(order: Order): void;
  /** The way there and back for one connection. */
  passage(id: number): Passage;
  /** One more connection keeps the process alive, or one fewer. */
  hold(change: 1 | -1): void;
  /** The link is over. */
  left(id: number): void;
}

/** Hears of the two things that happen once. */
export interface RemoteUser {
  opened(link: RemoteLink): void;
  ended(link: RemoteLink, ending: Ending): void;
}

/** The application's end of a connection in another thread. */
export class RemoteLink implements Faced, RingInboxUser, RingTransportUser, OutflowUser, Commands {
  readonly inbox: RingInbox;
  readonly outflow: Outflow;
  readonly sender: Sender;
  readonly subscriptions = new Subscriptions();
  readonly transport: { remoteAddress?: string | undefined; ref(): void; unref(): void };
  readonly #id: number;
  readonly #settings: LinkSettings;
  readonly #workplace: Workplace;
  readonly #user: RemoteUser;
  readonly #passage: Passage;
  readonly #ring: RingTransport;
  readonly #over = new Deferred();
  #peer: PeerInfo | undefined;
  #ending: Ending | undefined;
  #half = false;
  #readers = 0;
  #askedForMore = false;
  #closing = false;
  #held = true;
  #forgetSignal: (() => void) | undefined;
  readonly #patience = new Patience();

  constructor(
    id: number,
    url: string,
    settings: LinkSettings,
    makePayload: PayloadMaker,
    workplace: Workplace,
    user: RemoteUser,
  ) {
    // Whatever will not do is said at the call, and not by the other thread.
    new ZmtpSession(settings);
    const passage = workplace.passage(id);
    const { signal, mechanism, ...options } = settings;
    this.#id = id;
    this.#settings = settings;
    this.#workplace = workplace;
    this.#user = user;
    this.#passage = passage;
    this.inbox = new RingInbox(passage.inbound, makePayload, this);
    this.outflow = new Outflow(new ZmtpOutbox(defaultCodec()), settings.highWaterMark, this);
    this.sender = new Sender(settings.socketType, this, this.outflow);
    this.#ring = new RingTransport(passage.outbound, this);
    // Nobody would let go of the process again for a link that is over.
    this.transport = { ref: () => this.#hold(this.#ending === undefined), unref: () => this.#hold(false) };
    const { shared } = passage;
    workplace.tell({ type: "open", id, url, options, mechanism: mechanism?.recipe?.(), shared });
    workplace.hold(1);
    this.#patience.wait(THREAD_PATIENCE, () => this.#silent());
    this.#forgetSignal = onAbort(signal, () => this.destroy(signal?.reason));
  }

  get peer(): PeerInfo {
    return this.#peer as PeerInfo;
  }

  get ending(): Ending | undefined {
    return this.#ending;
  }

  get thread(): ThreadMemory {
    return this.#passage.shared === undefined ? "transferred" : "shared";
  }

  get drained(): Promise<void> {
    return this.sender.drained(this.inbox.taken);
  }

  // What the application asks for.

  subscribe(prefix: Payload = ""): void {
    this.#subscription("subscribe", prefix);
  }

  cancel(prefix: Payload = ""): void {
    this.#subscription("cancel", prefix);
  }

  command(name: string, data: Uint8Array): void {
    this.#workplace.tell({ type: "command", id: this.#id, name, data: data.slice() });
  }

  reading(change: 1 | -1): void {
    this.#readers += change;
    this.#finishIfUnread();
  }

  async close(): Promise<void> {
    this.sender.stop("closed");
    if (this.#ending === undefined && !this.#closing) {
      this.#closing = true;
      this.outflow.flush();
      this.#workplace.tell({ type: "closing", id: this.#id });
      this.inbox.end();
      this.#goOn();
    }
    await this.#over.promise;
  }

  destroy(reason?: unknown): void {
    if (this.#ending !== undefined) return;
    this.#workplace.tell({ type: "destroy", id: this.#id });
    this.#end({ by: "destroy", error: reason, unsent: this.outflow.unsent });
    this.inbox.drop();
  }

  // What the other thread tells.

  /** There is something in a ring, or room in one. */
  woken(): void {
    this.#ring.goOn();
    this.inbox.woken();
  }

  told(news: Exclude<News, number>): void {
    switch (news.type) {
      case "begun":
        this.#patience.stop();
        break;
      case "opened":
        this.#open(news.peer);
        break;
      case "slot":
      case "freed":
        this.#passage.hear?.(news);
        this.woken();
        break;
      case "half":
        this.#half = true;
        this.inbox.woken();
        this.#finishIfUnread();
        break;
      case "command":
        this.#commanded(news.name, news.data);
        break;
      case "large":
        this.inbox.addLarge(new FrameBatch(news.bytes, news.table, news.rows, false, news.from, undefined, true));
        break;
      case "ended":
        this.#endedThere(news.by, news.error, news.unsent);
    }
  }

  /** The thread has ended, and everything in it. */
  threadEnded(cause: unknown): void {
    const error = connectionError("THREAD_ENDED", "The thread of this connection has ended", { cause });
    this.#end({ by: "lost", error, unsent: this.outflow.unsent });
  }

  #silent(): void {
    const error = connectionError("THREAD_SILENT", `The worker has not answered within ${THREAD_PATIENCE / 1000} s`);
    this.#end({ by: "timeout", error, unsent: this.outflow.unsent });
  }

  // What the rings and the outflow tell.

  roomMade(): void {
    this.#workplace.tell(this.#id);
  }

  starved(): void {
    if (!this.#half || this.#askedForMore) return;
    this.#askedForMore = true;
    this.outflow.flush();
    this.#goOn();
  }

  /** After the peer's goodbye: if nobody reads and nothing waits, nobody will answer, and our side may close. */
  #finishIfUnread(): void {
    if (this.#readers === 0 && !this.inbox.readable) this.starved();
  }

  sent(octets: number, chunk?: Uint8Array): void {
    this.outflow.sent(octets, chunk);
  }

  filled(): void {
    this.#workplace.tell(this.#id);
  }

  moved(): void {
    this.#goOn();
  }

  // How it begins and ends.

  #open({ metadata, remoteAddress, ...peer }: PeerFacts): void {
    this.#peer = { ...peer, metadata: new Metadata(metadata) } as PeerInfo;
    this.transport.remoteAddress = remoteAddress;
    this.outflow.attach(this.#ring);
    this.outflow.open(undefined);
    this.#user.opened(this);
  }

  #commanded(name: string, data: Uint8Array): void {
    const [wish, end] = wishesOf(this.#settings.socketType);
    if (name === wish) this.subscriptions.add(data);
    else if (name === end) this.subscriptions.remove(data);
  }

  #subscription(type: "subscribe" | "cancel", prefix: Payload): void {
    checkSubscriber(this.#settings.socketType);
    this.#workplace.tell({ type, id: this.#id, prefix: octets(prefix, "the prefix of a subscription").slice() });
  }

  /** What has to come behind all that was sent is told once that lies in the ring. */
  #goOn(): void {
    if (this.outflow.waiting > 0) return;
    if (this.#askedForMore) this.#workplace.tell({ type: "exhausted", id: this.#id });
    if (this.#closing) this.#workplace.tell({ type: "flushed", id: this.#id });
  }

  #endedThere(by: Ending["by"], facts: ErrorFacts | undefined, unsent: number): void {
    // The message as it stands: made anew, it would get its hint once more.
    const error = facts && Object.assign(new ZmtpError(facts.code, "", facts), { message: facts.message });
    this.#end({ by, error, unsent: unsent + this.outflow.unsent });
  }

  #end(ending: Ending): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.sender.stop("over");
    this.#patience.stop();
    this.#forgetSignal?.();
    this.#ring.destroy();
    this.outflow.end();
    this.outflow.outbox.clear();
    this.inbox.end();
    this.#hold(false);
    this.#workplace.left(this.#id);
    this.#over.resolve();
    this.#user.ended(this, ending);
  }

  #hold(held: boolean): void {
    if (held === this.#held) return;
    this.#held = held;
    this.#workplace.hold(held ? 1 : -1);
  }
}
