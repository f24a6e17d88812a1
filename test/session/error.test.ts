import { describe, expect, it } from "vitest";
import { ZmtpError } from "../../src/index.js";

describe("ZmtpError", () => {
  it("says what, where, why and what to do, in that order", () => {
    const error = new ZmtpError("RESERVED_FLAGS", "Flags octet 0x40", { offset: 7 });
    expect(error.message).toMatch(/^Flags octet 0x40 \(octet 7; RFC 37, Framing\)\. Bits 3 to 7/);
    expect(error).toMatchObject({ name: "ZmtpError", code: "RESERVED_FLAGS", offset: 7, section: "RFC 37, Framing" });
    expect(new ZmtpError("CLOSED", "It is closed").message).toMatch(/^It is closed\. Nothing can be sent/);
    expect(new ZmtpError("CLOSED", "It is closed").offset).toBeUndefined();
  });

  it("knows whose fault it is", () => {
    const blame = (code: string) => new ZmtpError(code, "x").blame;
    expect(["RESERVED_FLAGS", "NOT_ZMTP", "TOO_MANY_COMMANDS", "TOO_MANY_HANDSHAKES"].map(blame)).toEqual(
      Array(4).fill("peer"),
    );
    expect(
      ["NOT_ACTIVE", "CLOSED", "NOT_A_SENDER", "UNFINISHED_MESSAGE", "STALE_BATCH", "NO_WEBSOCKET"].map(blame),
    ).toEqual(Array(6).fill("caller"));
    expect(["RESET", "NOT_REACHED", "CONNECTION_LOST", "LINGER_EXPIRED", "CONNECT_TIMEOUT"].map(blame)).toEqual(
      Array(5).fill("network"),
    );
  });

  it("carries the error beneath it", () => {
    const cause = new Error("ECONNREFUSED");
    expect(new ZmtpError("NOT_REACHED", "Nobody there", { cause }).cause).toBe(cause);
    expect("cause" in new ZmtpError("NOT_REACHED", "Nobody there")).toBe(false);
  });

  it("takes codes that this library does not know, even those of Object's own members", () => {
    for (const code of ["OTHER", "toString", "constructor", "__proto__"]) {
      const error = new ZmtpError(code, "Something else", { offset: 3 });
      expect(error).toMatchObject({ code, blame: "peer", offset: 3, hint: undefined, section: undefined });
      expect(error.message).toBe("Something else (octet 3).");
    }
    const options = { section: "RFC 99", hint: "Look there.", blame: "network" } as const;
    expect(new ZmtpError("OTHER", "Else", options)).toMatchObject(options);
    expect(new ZmtpError("NOT_ZMTP", "Else", options)).toMatchObject(options);
  });
});
