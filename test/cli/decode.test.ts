/** `monocoque decode`: each entry as an object, and its exit codes. */
import { describe, expect, it } from "vitest";
import { DECODE } from "../../src/cli/decode.js";
import { encodeFrame, encodeGreeting } from "../../src/index.js";
import { inProcess, objects } from "./program.js";

const messages = (count: number) => Array.from({ length: count }, (_, i) => encodeFrame(`message ${i}`));
const READY = encodeFrame(Buffer.from("\x05READY\x0bSocket-Type\0\0\0\x04PUSH", "latin1"), { command: true });
const opening = [encodeGreeting(), READY];

describe("decode", () => {
  it("says each entry as an object on a line of its own, with its octets and Wireshark's names", async () => {
    const stream = Buffer.concat([...opening, ...messages(3)]);
    const { exit, stdout } = await inProcess(DECODE, { values: { json: true }, stdin: stream });
    const entries = objects(stdout);
    expect([exit, entries.map(({ kind }) => kind)]).toEqual([
      0,
      ["greeting", "command", "message", "message", "message"],
    ]);
    let at = 0;
    for (const { start, end } of entries) {
      expect(start).toBe(at);
      at = Number(end);
    }
    expect(at).toBe(stream.length);
    expect(entries[1]?.fields).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "zmtp.metadata.key", value: "Socket-Type" }),
        expect.objectContaining({ name: "zmtp.metadata.value", value: '"PUSH"' }),
      ]),
    );
  });

  it.each([
    ["what breaks off", Buffer.concat([...opening, ...messages(1)]).subarray(0, -2), 1, "TRUNCATED"],
    ["what is no ZMTP", Buffer.from("GET / HTTP/1.1\r\n\r\n"), 1, "NOT_ZMTP"],
  ])("has exit code 1 for %s", async (_, stdin, code, name) => {
    const { exit, stdout } = await inProcess(DECODE, { values: { json: true }, stdin });
    expect([exit, objects(stdout).at(-1)?.error]).toEqual([code, expect.objectContaining({ code: name })]);
  });

  it("refuses with usage what it cannot read", async () => {
    const hex = inProcess(DECODE, { values: { hex: true }, stdin: Buffer.from("ff zz") });
    await expect(hex).rejects.toThrow(/"z"/);
    await expect(inProcess(DECODE, { positionals: ["/nowhere/x"] })).rejects.toThrow(/ENOENT/);
    await expect(inProcess(DECODE, { positionals: ["a", "b"] })).rejects.toThrow(/"b" is one too many/);
  });
});
