/** A way between two peers that is as bad as networks get: it splits, delays, stalls, cuts and kills. */
import { once } from "node:events";
import { connect, createServer } from "node:net";

/** What happened, over all proxies. */
export const counts = { connections: 0, killed: 0, cut: 0, early: 0, pieces: 0, delays: 0, stalls: 0, octets: 0 };

const chance = (one) => Math.random() < 1 / one;
const between = (from, to) => from + Math.random() * (to - from);
const sleep = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Seldom in small pieces, or nothing large would ever get through. */
function* split(chunk) {
  const most = chance(10) ? 40 : 60_000;
  for (let at = 0; at < chunk.length; ) {
    // Never more than some hundred pieces of one chunk.
    const length = Math.max(Math.ceil(Math.random() * most), Math.ceil(chunk.length / 300));
    yield chunk.subarray(at, at + length);
    at += length;
  }
}

/** Carries octets one way until that side ends. `cutAt`: so many octets, then the other side sees an end. */
async function carry(from, to, cutAt, state) {
  let carried = 0;
  for await (const chunk of from) {
    for (const piece of split(chunk)) {
      if (chance(50)) {
        counts.delays++;
        await sleep(between(1, 15));
      } else if (chance(3000)) {
        counts.stalls++;
        await sleep(between(100, 400));
      }
      const left = state.calm ? Infinity : cutAt - carried;
      carried += piece.length;
      counts.pieces++;
      counts.octets += Math.min(piece.length, left);
      if (piece.length > left) {
        to.end(piece.subarray(0, left));
        throw new Error("cut");
      }
      if (!to.write(piece)) await once(to, "drain");
    }
  }
  to.end();
}

/**
 * Listens, and carries what comes to a port.
 *
 * @param wild - Whether it breaks connections; a calm one only splits, delays and stalls.
 */
export async function proxy(port, wild) {
  const pairs = new Set();
  const state = { broken: 0, calm: !wild };
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (near) => void meet(near));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");

  async function meet(near) {
    near.on("error", () => {});
    counts.connections++;
    // Of two that come one after the other either may be there first.
    if (!state.calm) await sleep(between(0, 30));
    const far = connect({ port, host: "127.0.0.1", noDelay: true });
    far.on("error", () => {});
    const pair = [near, far];
    pairs.add(pair);
    const over = (name) => {
      if (!pairs.delete(pair)) return;
      if (name) {
        counts[name]++;
        state.broken++;
      }
      for (const end of pair) name === "cut" ? end.destroySoon() : end.resetAndDestroy();
    };
    const timer = state.calm ? undefined : setTimeout(() => state.calm || over("killed"), between(100, 4000));
    // One in eight is cut at some octet, in a frame as likely as not; some of those while they still shake hands.
    const early = chance(20);
    const cuts = () => {
      if (state.calm) return Infinity;
      if (early) return Math.floor(between(0, 130));
      return chance(16) ? Math.floor(between(100, 400_000)) : Infinity;
    };
    // Read by nobody any more, either end may go on to close.
    for (const end of pair) end.once("close", () => over());
    await Promise.all([carry(near, far, cuts(), state), carry(far, near, cuts(), state)]).then(
      () => over(),
      (error) => over(error.message !== "cut" ? undefined : early ? "early" : "cut"),
    );
    clearTimeout(timer);
  }

  return {
    port: server.address().port,
    state,
    /** From here on nothing is broken any more: what waits is to come through. */
    calm() {
      state.calm = true;
    },
    close() {
      server.close();
      for (const pair of pairs) for (const end of pair) end.destroy();
    },
  };
}
