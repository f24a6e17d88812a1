/** However a connection ends: the iteration over it just ends, `closed` says how, and no call throws or rejects. */
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import type { Connection } from "../../src/node.js";
import { rest } from "../support/connections.js";
import { BEFORE, KINDS, type KindOfEnd, REASON, table } from "../support/endings.js";
import { text } from "../support/pieces.js";

const DONE = { done: true, value: undefined };

/** Messages of a connection by either way of iterating. */
const READINGS: Record<string, (connection: Connection) => Promise<string[]>> = {
  messages: async (connection) => (await rest(connection)).map((message) => message.join()),
  async batches(connection) {
    const heard: string[] = [];
    for await (const batch of connection.batches()) for (const { payload } of batch) heard.push(text(payload));
    return heard;
  },
};

function errorOf({ error }: KindOfEnd): unknown {
  if (error === "none") return undefined;
  return error === "the reason" ? REASON : expect.objectContaining({ name: "ZmtpError", code: error });
}

/** What every call does once the connection has ended. */
async function isOver(connection: Connection, { by, send, ...kind }: KindOfEnd): Promise<void> {
  const ending = await connection.closed;
  expect(ending).toEqual({ by, error: errorOf({ by, send, ...kind }), unsent: expect.any(Number) });
  expect(connection.ending).toBe(ending);
  expect(ending.unsent > 0).toBe(kind.error === "LINGER_EXPIRED");
  if (send === "false") {
    expect(connection.send("late")).toBe(false);
    expect(connection.room(1)).toBe(-1);
  } else expect(() => connection.send("late")).toThrow(expect.objectContaining({ code: "CLOSED" }));
  expect(await connection.drained).toBeUndefined();
  expect(await connection.close()).toBeUndefined();
  connection.destroy(new Error("too late to be the reason"));
  expect(connection.ending).toBe(ending);
  expect(await connection[Symbol.asyncIterator]().next()).toEqual(DONE);
  expect(await connection.batches().next()).toEqual(DONE);
}

describe.each(KINDS)("$what", (kind) => {
  it.each(Object.keys(READINGS))("while %s are awaited", async (reading) => {
    const { connection, end } = await kind.arrange();
    const first = connection[Symbol.asyncIterator]();
    expect(`${(await first.next()).value}`).toBe(BEFORE);
    await first.return?.();
    const reads = READINGS[reading](connection);
    await end();
    expect(await reads).toEqual([]);
    await isOver(connection, kind);
  });

  it("with messages unread", async () => {
    const { connection, end } = await kind.arrange();
    await arrived();
    // Silence ends a connection by itself: on a starved machine before we have looked.
    if (kind.error !== "HEARTBEAT_TIMEOUT") expect(connection.ending).toBeUndefined();
    await end();
    await connection.closed;
    expect(await READINGS.messages(connection)).toEqual(kind.iteration === "ends at once" ? [] : [BEFORE]);
    await isOver(connection, kind);
  });
});

/** What the peer said right behind its handshake has come: each turn of the event loop reads whatever there is. */
async function arrived(): Promise<void> {
  for (let i = 0; i < 20; i++) await new Promise((resolve) => setTimeout(resolve, 5));
}

it("the table in docs/endings.md says the same", async () => {
  const text = await readFile(new URL("../../docs/endings.md", import.meta.url), "utf8");
  const rows = text.split("\n").filter((line) => line.startsWith("|"));
  expect(rows.join("\n")).toBe(table());
});
