/**
 * What a WebSocket of this page sends and receives. The package's `connect` makes its WebSocket itself, and a page is not shown the octets
 * beneath one: this sees the messages at the one place where they pass.
 */
type Seen = (side: "client" | "server", octets: Uint8Array) => void;

/** While `seen` is set, every WebSocket that is made tells it what passes. */
let seen: Seen | undefined;

class SeenWebSocket extends WebSocket {
  readonly #seen = seen;

  constructor(url: string | URL, protocols?: string | string[]) {
    super(url, protocols);
    this.addEventListener("message", ({ data }) => {
      if (data instanceof ArrayBuffer) this.#seen?.("server", new Uint8Array(data.slice(0)));
    });
  }

  override send(data: Parameters<WebSocket["send"]>[0]): void {
    if (data instanceof Uint8Array) this.#seen?.("client", new Uint8Array(data));
    super.send(data);
  }
}

/** Runs `begin`; the WebSockets that it makes at once are seen. */
export function seeing<T>(see: Seen, begin: () => T): T {
  const before = globalThis.WebSocket;
  globalThis.WebSocket = SeenWebSocket;
  seen = see;
  try {
    return begin();
  } finally {
    globalThis.WebSocket = before;
    seen = undefined;
  }
}
