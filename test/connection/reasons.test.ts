/** What errors say of why a connection failed: the cause is passed on, and the hint is the one that helps. */
import { describe, expect, it } from "vitest";
import { settingsFor } from "../../src/connection/options.js";
import { handshakeTimeout, lost, notReached } from "../../src/connection/reasons.js";
import { type Mechanism, ZmtpError } from "../../src/index.js";

const own = new ZmtpError("NOT_ZMTP", "It said so itself");

describe.each([
  ["not reached", notReached, "NOT_REACHED", "The peer could not be reached"],
  ["lost", lost, "CONNECTION_LOST", "The connection broke off"],
] as const)("%s", (_, reason, code, words) => {
  it("passes on an error that has a code of ours", () => expect(reason(own)).toBe(own));

  it.each<[string, unknown, string]>([
    ["an Error", new Error("out of order"), "out of order"],
    ["an Error without words", new TypeError(""), "TypeError"],
    ["a string", "because", "because"],
    ["null", null, "no reason is known"],
  ])("says what the cause says, and keeps it: %s", (_, cause, said) => {
    if (cause === null && reason === lost) return;
    expect(reason(cause)).toMatchObject({ code, cause, message: expect.stringContaining(`${words}: ${said}`) });
  });
});

it("lost without a cause says just that", () => {
  expect(lost(undefined)).toMatchObject({
    code: "CONNECTION_LOST",
    message: expect.stringMatching(/^The connection was lost/),
  });
});

it.each(["ECONNRESET", "EPIPE"])("%s is a reset", (code) => {
  expect(lost(Object.assign(new Error("bad"), { code }))).toMatchObject({ code: "RESET" });
});

describe("a handshake that took too long", () => {
  const server = { name: "PLAIN", asServer: true } as Mechanism;
  const settings = settingsFor({ socketType: "PAIR", handshakeTimeout: 7 });

  it.each([
    ["nothing came", settings, false, /does not finish|wrong service/],
    ["a greeting came", settings, true, /its READY did not come/],
    [
      "a greeting came, and it is for the client to begin",
      { ...settings, mechanism: server },
      true,
      /is it a server, too/,
    ],
  ])("has the hint for what came: %s", (_, settings, greeted, hint) => {
    const error = handshakeTimeout(settings, greeted);
    expect(error).toMatchObject({ code: "HANDSHAKE_TIMEOUT", message: expect.stringMatching(/not over within 7 ms/) });
    expect(error.hint).toMatch(hint);
  });
});
