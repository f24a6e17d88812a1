// A libzmq publisher on ws:// and the page that listens to it, as plain static files. Open the URL that it prints.
//
//   node examples/page/serve.js [http port] [endpoint] [messages/s]
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Publisher } from "zeromq";

const [port = "8080", endpoint = "ws://127.0.0.1:5557", rate = "20000"] = process.argv.slice(2);

const publisher = new Publisher({ linger: 0, sendHighWaterMark: 100_000 });
await publisher.bind(endpoint);

const FOLDERS = { "/dist/": new URL(".", import.meta.resolve("monocoque")), "/": new URL(".", import.meta.url) };
// Cut off from others, a page may share memory with its workers.
const ISOLATED = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript" };

const server = createServer(async (request, response) => {
  // A URL resolves every "..": what is left is below one of the two folders.
  const { pathname } = new URL(request.url, "http://localhost");
  const mount = Object.keys(FOLDERS).find((prefix) => pathname.startsWith(prefix));
  const name = pathname.slice(mount.length) || "index.html";
  const type = TYPES[extname(name)];
  const body = type && (await readFile(new URL(`./${name}`, FOLDERS[mount])).catch(() => undefined));
  response.writeHead(body ? 200 : 404, { ...ISOLATED, "content-type": type ?? "text/plain" }).end(body);
});
server.listen(Number(port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port}/?endpoint=${publisher.lastEndpoint}`);
});

// Numbered, so that the page can tell what was dropped; the rate comes and goes in waves, so that there is something to see.
const start = performance.now();
let due = 0;
for (let number = 0, before = start; ; ) {
  await sleep(1);
  const now = performance.now();
  const wave = 0.65 + 0.35 * Math.sin((now - start) / 4000);
  due += Math.min(now - before, 100) * (Number(rate) / 1000) * wave;
  before = now;
  for (; due >= 1; due--) await publisher.send(["tick", String(number++)]);
}
