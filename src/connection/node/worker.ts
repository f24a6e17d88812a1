/** What runs in a worker that does the work of connections: the entry `monocoque/thread`. Node, Deno, Bun. */
import { parentPort } from "node:worker_threads";
import { parseEndpoint } from "../endpoint.js";
import { Link } from "../link.js";
import { type Dial, Guests } from "../thread/guests.js";
import { equipStraight } from "../thread/straight.js";
import type { Order } from "../thread/words.js";
import { nodeSettingsFor } from "./options.js";
import { routeTo } from "./schemes.js";

const dial: Dial = async ({ url, options }, user) => {
  const route = await routeTo(parseEndpoint(url), nodeSettingsFor(options));
  const link = new Link(route.settings, { ...route.parts, user, makeReception: user.makeReception });
  if (!link.over) route.dial(link);
  return link;
};

const guests = new Guests(
  dial,
  (news, moved = []) => parentPort?.postMessage(news, moved),
  setImmediate,
  equipStraight,
);
parentPort?.on("message", (order: Order) => guests.obey(order));
