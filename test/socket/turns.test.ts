/** How much is sent before the event loop has a turn: so that others run, and what the system would take is not piled up. */
import { expect, it, onTestFinished } from "vitest";
import { Pull, Push } from "../../src/zeromq/index.js";

/** How many messages `send` accepts before the event loop has gone round. */
async function sentInOneTurn(message: unknown, name: string): Promise<number> {
  const push = new Push({ sendHighWaterMark: 0, linger: 0 });
  const pull = new Pull({ receiveHighWaterMark: 0 });
  onTestFinished(() => {
    push.close();
    pull.close();
  });
  await pull.bind(`inproc://${name}`);
  push.connect(`inproc://${name}`);
  let turned = false;
  // Behind whatever the connecting has left to do.
  await new Promise((resolve) => setImmediate(resolve));
  setImmediate(() => {
    turned = true;
  });
  let sent = 0;
  for (; !turned; sent++) await push.send(message as string);
  return sent;
}

it.each([
  ["small messages", 512, "a message"],
  ["messages without octets", 512, ""],
  ["messages of 64 KiB", 15, Buffer.alloc(65_536)],
  ["messages of two such frames", 7, [Buffer.alloc(65_536), Buffer.alloc(65_536)]],
  ["messages of eight small frames", 64, Array.from({ length: 8 }, (_, i) => `${i}`)],
  ["messages larger than a turn", 1, Buffer.alloc(2_000_000)],
])("%s: %i", async (what, count, message) => {
  const sent = await sentInOneTurn(message, what.replaceAll(" ", "-"));
  expect([count, count + 1]).toContain(sent);
});
