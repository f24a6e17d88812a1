/** libzmq is asked again, and still answers as the catalogue says. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as zmq from "zeromq";
import { type Answers, trial } from "./ask-libzmq.js";
import { catalogue } from "./catalogue.js";

const { libzmq, answers } = JSON.parse(readFileSync(new URL("libzmq.json", import.meta.url), "utf8")) as {
  libzmq: string;
  answers: Answers;
};

/** Milliseconds: short for what is not to happen, and longer ones for a machine that is busy. */
const PATIENCE = [300, 3000, 20_000];

describe.concurrent(`libzmq ${libzmq}`, { timeout: 180_000 }, () => {
  it("is the one that was asked", () => expect(zmq.version).toBe(libzmq));

  it.each(catalogue.filter(({ id }) => answers[id].does === "closes"))("closes: $id", async (fault) => {
    expect((await trial(fault, fault.octets.length, 30_000)).closed).toBe(true);
  });

  it.each(catalogue.filter(({ id }) => answers[id].does === "waits"))("waits: $id", async (fault) => {
    const { closed, monitor } = await trial(fault, fault.octets.length, PATIENCE[0]);
    expect(closed).toBe(false);
    expect(monitor).not.toContain("handshake");
  });

  it.each(catalogue.filter(({ id }) => answers[id].does === "accepts"))("accepts: $id", async (fault) => {
    for (const patience of PATIENCE) {
      const { closed, monitor } = await trial(fault, fault.octets.length, patience);
      expect(closed).toBe(false);
      if (monitor.includes("handshake")) return;
    }
    expect.unreachable("its handshake was never complete");
  });
});
