/** What runs in a worker that does the work of connections: the entry `monocoque/thread`. Node, Deno, Bun. */
import { parentPort } from "node:worker_threads";
import { parseEndpoint } from "../endpoint.js";
import { Link } from "../link.js";
import { type Dial, Guests } from "../thread/guests.js";
import { equipStraight } from "../thread/straight.js";
import type { Order } from "../thread/words.js";
import type { Join, Port } from "./join-order.js";
import { madeFrom } from "./makers.js";
import { nodeSettingsFor } from "./options.js";
import { routeTo } from "./schemes.js";

export type { Mechanism } from "../../session/mechanism.js";
export { provideMechanism } from "./makers.js";

const dial: Dial = async ({ url, options, mechanism }, user) => {
  const made = mechanism && (await madeFrom(mechanism));
  const route = await routeTo(parseEndpoint(url), nodeSettingsFor({ ...options, mechanism: made }));
  const link = new Link(route.settings, { ...route.parts, user, makeReception: user.makeReception });
  if (!link.over) route.dial(link);
  return link;
};

/** Serves the thread at the other end of a port, until it goes. */
function serve(port: Port): void {
  const guests = new Guests(dial, (news, moved = []) => port.postMessage(news, moved), setImmediate, equipStraight);
  port.on("message", (order: Order | Join) => {
    if (typeof order === "object" && order.type === "join") serve(order.port);
    else guests.obey(order);
  });
  port.on("close", () => guests.leave());
}

if (parentPort !== null) serve(parentPort);
