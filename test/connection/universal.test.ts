/** What an engine without sockets has: `connect` of the main entry, and what is not to be had there. */
import { expect, it } from "vitest";
import { connect, overStreams } from "../../src/index.js";
import { transforms } from "../support/streams.js";

const PAIR = { socketType: "PAIR" } as const;

it.each(["tcp://127.0.0.1:1", "ipc:///tmp/nobody"])("connect() says where sockets are to be had: %s", async (url) => {
  await expect(connect(url, PAIR)).rejects.toThrow(TypeError);
  await expect(connect(url, PAIR)).rejects.toThrow(/needs sockets: import connect from "monocoque\/node"/);
});

it.each(["nothing", "no readable", "no writable"])("overStreams() says what it takes: given %s", async (given) => {
  const [{ readable, writable }] = transforms();
  const streams = { "no readable": { writable }, "no writable": { readable } }[given];
  await expect(overStreams(streams as never, PAIR)).rejects.toThrow(/takes \{ readable, writable \}/);
});
