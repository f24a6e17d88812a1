/** Which socket types there are, by libzmq's numbers. What else a new one takes: CONTRIBUTING.md. */
import type { Pattern } from "./pattern.js";
import { client, server } from "./patterns/client-server.js";
import { dealer } from "./patterns/dealer.js";
import { pair } from "./patterns/pair.js";
import { pub, xpub } from "./patterns/publish.js";
import { pull, push } from "./patterns/push-pull.js";
import { dish, radio } from "./patterns/radio-dish.js";
import { reply } from "./patterns/reply.js";
import { request } from "./patterns/request.js";
import { router } from "./patterns/router.js";
import { gather, scatter } from "./patterns/scatter-gather.js";
import { stream } from "./patterns/stream.js";
import { sub, xsub } from "./patterns/subscribe.js";
import type { Settings } from "./settings.js";

/** Makes the pattern of one socket. */
export type MakePattern = (settings: Settings) => Pattern;

/** @internal */
export const PATTERNS: ReadonlyMap<number, { readonly name: string; readonly make: MakePattern }> = new Map([
  [0, { name: "PAIR", make: pair }],
  [1, { name: "PUB", make: pub }],
  [2, { name: "SUB", make: sub }],
  [3, { name: "REQ", make: request }],
  [4, { name: "REP", make: reply }],
  [5, { name: "DEALER", make: dealer }],
  [6, { name: "ROUTER", make: router }],
  [7, { name: "PULL", make: pull }],
  [8, { name: "PUSH", make: push }],
  [9, { name: "XPUB", make: xpub }],
  [10, { name: "XSUB", make: xsub }],
  [11, { name: "STREAM", make: stream }],
  [12, { name: "SERVER", make: server }],
  [13, { name: "CLIENT", make: client }],
  [14, { name: "RADIO", make: radio }],
  [15, { name: "DISH", make: dish }],
  [16, { name: "GATHER", make: gather }],
  [17, { name: "SCATTER", make: scatter }],
]);
