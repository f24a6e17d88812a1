// @dashevo/dashd-zmq against a publisher in Python that is ended and comes back at its port: all messages, in order.
const assert = require("node:assert/strict");
const { spawn } = require("node:child_process");
const { createHash } = require("node:crypto");
const { once } = require("node:events");
const { join } = require("node:path");
const { createInterface } = require("node:readline");
const ZMQClient = require("@dashevo/dashd-zmq");
const { assertNoAddon } = require("./no-addon.cjs");

const COUNT = 3000;

async function publish(port, first) {
  const args = [join(__dirname, "publisher.py"), port, first, COUNT].map(String);
  const child = spawn(process.env.PYTHON, args, { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(createInterface(child.stdout), "line");
  const end = async () => {
    child.stdin.end();
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  };
  return { port: Number(line), end };
}

/** What the publisher says, of the topics that are subscribed to. */
function expected(first) {
  const numbers = Array.from({ length: COUNT }, (_, i) => first + i).filter((number) => number % 3 < 2);
  return numbers.map((number) => {
    const digest = createHash("sha256").update(String(number)).digest("hex");
    return [number % 3 === 0 ? "rawtx" : "hashblock", digest.repeat(1 + (number % 50))];
  });
}

async function main() {
  const wanted = [...expected(0), ...expected(COUNT)];
  const got = [];
  let publisher = await publish(0, 0);
  const client = new ZMQClient({ uri: `tcp://127.0.0.1:${publisher.port}` });
  const until = (length) =>
    new Promise((resolve) => {
      client.on("got", () => {
        if (got.length === length) resolve();
      });
    });
  const keep = (topic) => (body) => {
    got.push([topic, body]);
    client.emit("got");
  };

  // The package takes the absence of this option for no retry at all.
  await client.connect({ maxRetries: 1e6, socketOptions: { reconnectInterval: 20 } });
  client.subscribe("rawtx", keep("rawtx"));
  client.subscribe("hashblock", keep("hashblock"));
  await until(wanted.length / 2);

  const lost = once(client, "disconnect");
  await publisher.end();
  await lost;
  const again = once(client, "connect");
  const all = until(wanted.length);
  publisher = await publish(publisher.port, COUNT);
  await again;
  await all;
  assert.deepEqual(got, wanted);

  assert.equal(await client.close(), true);
  await publisher.end();
  assert.equal(got.length, wanted.length);
  assertNoAddon();
  console.log(`${got.length} messages of two topics in order, the publisher restarted in their midst`);
}

main();
