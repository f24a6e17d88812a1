/**
 * What runs in a page's worker that does the work of connections: `monocoque/thread` as a browser has it. A page hands
 * it a port, and everything that the two say to each other goes by that: a worker of one's own may have messages of its
 * own beside it.
 */
import { dialWebSocket, platformOpener } from "../dial-websocket.js";
import { type EndpointOf, parseEndpoint } from "../endpoint.js";
import { Link } from "../link.js";
import { nextTurn } from "../next-turn.js";
import { settingsFor } from "../options.js";
import * as reasons from "../reasons.js";
import { type Dial, Guests } from "../thread/guests.js";
import type { Order } from "../thread/words.js";
import { zwsParts } from "../zws-link.js";
import { equipPacked } from "./packed.js";
import { webLocks } from "./platform.js";
import { type Assignment, HELD } from "./words.js";

const dial: Dial = async ({ url, options }, user) => {
  const endpoint = parseEndpoint(url) as EndpointOf<"ws">;
  const [settings, parts] = zwsParts(settingsFor(options));
  const link = new Link(settings, { ...parts, user });
  try {
    dialWebSocket(endpoint.url, link, platformOpener());
  } catch (error) {
    link.fail(reasons.notReached(error), "lost");
  }
  return link;
};

function serve({ port, lock }: Assignment): void {
  const guests = new Guests(dial, (news, moved = []) => port.postMessage(news, [...moved]), nextTurn, equipPacked);
  port.onmessage = ({ data }: MessageEvent<Order>) => guests.obey(data);
  // What cannot be read may have been an order: whoever gave it is not to wait for ever.
  port.onmessageerror = () => reportError(new TypeError("The worker cannot read what the page has posted"));
  // Held for as long as this worker lives: by it the page hears of its end.
  void webLocks()?.request(lock, () => {
    port.postMessage(HELD);
    return new Promise(() => {});
  });
}

addEventListener("message", ({ data }: MessageEvent<Partial<Assignment> | undefined>) => {
  if (data?.monocoque === "thread") serve(data as Assignment);
});
// As an error that nobody has caught: the page hears of those.
addEventListener("unhandledrejection", ({ reason }) => reportError(reason));
