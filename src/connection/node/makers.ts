/** Mechanisms made once more in the thread that does the work of connections, from what it can be handed of them. */
import { CURVE_CLIENT, type CurveClientOptions } from "../../mechanism/curve-client.js";
import { PLAIN_CLIENT, type PlainCredentials, plainClient } from "../../mechanism/plain.js";
import { checkedMechanism, type Mechanism, type MechanismRecipe, mechanismFailed } from "../../session/mechanism.js";
import { connectionError } from "../fault.js";

type Maker = (from: never) => Mechanism | Promise<Mechanism>;

const makers = /* @__PURE__ */ new Map<string, Maker>([
  [PLAIN_CLIENT, (from: PlainCredentials) => plainClient(from)],
  [CURVE_CLIENT, async (from: CurveClientOptions) => (await import("../../curve.js")).curveClient(from)],
]);

/**
 * Tells this worker how a mechanism of your own is made, for connections whose `mechanism` has a `recipe` with this
 * maker. Call it while your worker's module is loaded, before anything is awaited.
 *
 * @param maker - The name that the recipe says; one with your own prefix, so that no two are the same.
 * @param make - Called with the recipe's `from`, cloned, for each connection.
 * @throws A TypeError for a name that is none, is taken, or for what is no function.
 */
export function provideMechanism<From>(maker: string, make: (from: From) => Mechanism | Promise<Mechanism>): void {
  if (typeof maker !== "string" || typeof make !== "function") {
    throw new TypeError("provideMechanism takes a name and a function that makes a Mechanism");
  }
  if (makers.has(maker)) throw new TypeError(`${maker} has its maker already`);
  makers.set(maker, make as Maker);
}

/** What a recipe makes. Rejects with a ZmtpError if nobody here can make it, or it fails. */
export async function madeFrom({ maker, from }: MechanismRecipe): Promise<Mechanism> {
  const make = makers.get(maker);
  if (make === undefined) throw connectionError("NO_MECHANISM", `The worker makes no mechanism "${maker}"`);
  try {
    return checkedMechanism(await make(from as never));
  } catch (error) {
    throw mechanismFailed(error, undefined);
  }
}
