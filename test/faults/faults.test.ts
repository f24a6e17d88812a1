/** Every fault of the catalogue, cut anywhere, by both codecs: its code, its octet, its section, and a sentence that helps. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ZmtpSession } from "../../src/index.js";
import { converse } from "../oracle/session.js";
import { codecs } from "../support/codecs.js";
import type { Answers } from "./ask-libzmq.js";
import { catalogue, type Fault, LIMIT } from "./catalogue.js";
import { faultsPage } from "./page.js";

const beside = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");

function meet(fault: Fault, codec: (typeof codecs)[number], size: number): ZmtpSession {
  const session = new ZmtpSession({ socketType: fault.ours, maxFrameSize: LIMIT, codec });
  for (let at = 0; at < fault.octets.length; at += size) {
    // What a call leaves unread, the next one finds.
    for (const _ of session.receive(fault.octets.subarray(at, at + size)));
  }
  if (fault.ending === "closes") for (const _ of session.end());
  return session;
}

describe("the catalogue", () => {
  it("has at least 45 faults, each under a name of its own", () => {
    expect(catalogue.length).toBeGreaterThanOrEqual(45);
    expect(new Set(catalogue.map(({ id }) => id)).size).toBe(catalogue.length);
    expect(new Set(catalogue.map(({ title, ours }) => `${title} ${ours}`)).size).toBeGreaterThan(catalogue.length - 5);
  });

  it("has libzmq's answer to each, and docs/faults.md tells all of it", () => {
    const { libzmq, answers } = JSON.parse(beside("libzmq.json")) as { libzmq: string; answers: Answers };
    expect(Object.keys(answers)).toEqual(catalogue.map(({ id }) => id));
    expect(beside("../../docs/faults.md"), "run: node test/faults/run.js docs").toBe(faultsPage(libzmq, answers));
  });

  it.each(catalogue)("$id: one plain sentence, cause and remedy", ({ hint }) => {
    expect(hint).toMatch(/^[A-Z].*[:,;.] .*\.$/s);
    expect(hint.length).toBeLessThan(160);
  });

  it.each(catalogue)("$id is what the oracle finds", (fault) => {
    const { events, end } = converse(fault.octets, {
      socketType: fault.ours,
      limit: LIMIT,
      handshakeLimit: 65536,
    });
    const last = events.at(-1);
    const found = fault.ending === "closes" ? end : last?.type === "Error" ? last : undefined;
    expect(found).toMatchObject({ code: fault.code, offset: fault.offset });
  });

  for (const codec of codecs) {
    it.each(catalogue)(`$id: $title, ${codec.name}`, (fault) => {
      for (const size of [1, 2, 3, 7, 63, 64, 65, 1000]) {
        const { error } = meet(fault, codec, size);
        expect([size, error?.code, error?.offset, error?.section]).toEqual([
          size,
          fault.code,
          fault.offset,
          fault.section,
        ]);
        expect(error?.hint).toMatch(/\S{3}.*\.$/s);
        expect(error?.message).toContain(`octet ${fault.offset}`);
      }
    });
  }
});
