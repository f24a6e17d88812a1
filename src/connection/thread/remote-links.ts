/** The connections whose work is done in one thread, by their numbers, as the application's thread has them. */
import type { RemoteLink } from "./remote-link.js";
import type { News } from "./words.js";

export class RemoteLinks {
  readonly #links = new Map<number, RemoteLink>();
  #last = 0;

  /** @param make - Is given the number that the thread will call the new one by. */
  add(make: (id: number) => RemoteLink): RemoteLink {
    const id = ++this.#last;
    const link = make(id);
    this.#links.set(id, link);
    return link;
  }

  delete(id: number): void {
    this.#links.delete(id);
  }

  /** What the thread tells: a number alone wakes that connection. */
  hear(news: News): void {
    if (typeof news === "number") this.#links.get(news)?.woken();
    else this.#links.get(news.id)?.told(news);
  }

  /** The thread does nothing more for any of them. `before` is called with the number of each. */
  threadEnded(cause: unknown, before?: (id: number) => void): void {
    for (const [id, link] of [...this.#links]) {
      before?.(id);
      link.threadEnded(cause);
    }
  }
}
