/**
 * The other side of many peers, killed and begun again: `reconnect.js FRONT BACK COUNT`. Binds FRONT and sends back whatever comes; connects COUNT
 * DEALERs to BACK and asks once by each. Says where it is bound ("at ENDPOINT"), then "answered" when all have heard their answer.
 */
import { Dealer, Router } from "monocoque/zeromq";
import { die, say } from "../lib/peer.js";

const [front, back, count] = process.argv.slice(2);
/** Milliseconds until an endpoint is tried again that the system has not let go of yet. */
const BUSY = 20;

const router = new Router();

async function bound() {
  try {
    await router.bind(front);
  } catch (error) {
    if (error.code !== "EADDRINUSE") throw error;
    await new Promise((resolve) => setTimeout(resolve, BUSY));
    await bound();
  }
}

async function echo() {
  for await (const message of router) await router.send(message);
}

async function ask() {
  const dealer = new Dealer();
  dealer.connect(back);
  await dealer.send("question");
  await dealer.receive();
  return dealer;
}

await bound();
say("at", router.lastEndpoint);
echo().catch(die);
const dealers = await Promise.all(Array.from({ length: Number(count) }, ask)).catch(die);
say("answered", dealers.length);
