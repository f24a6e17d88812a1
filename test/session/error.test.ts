import { describe, expect, it } from "vitest";
import { connectionError } from "../../src/connection/fault.js";
import type { ConnectionCode } from "../../src/error.js";
import { ZmtpError } from "../../src/index.js";
import { authenticatorError } from "../../src/mechanism/fault.js";

describe("ZmtpError", () => {
  it("says what, where, why and what to do, in that order", () => {
    const error = new ZmtpError("RESERVED_FLAGS", "Flags octet 0x40", { offset: 7 });
    expect(error.message).toMatch(/^Flags octet 0x40 \(octet 7; RFC 37, Framing\)\. Bits 3 to 7/);
    expect(error).toMatchObject({ name: "ZmtpError", code: "RESERVED_FLAGS", offset: 7, section: "RFC 37, Framing" });
    expect(new ZmtpError("NOT_ACTIVE", "Too early").message).toMatch(/^Too early\. Wait for HandshakeComplete/);
    expect(new ZmtpError("NOT_ACTIVE", "Too early").offset).toBeUndefined();
    expect(connectionError("TOO_MANY_COMMANDS", "So many").message).toMatch(
      /^So many \(RFC 37, Security Considerations\)\. The peer sends commands/,
    );
  });

  it("knows whose fault it is", () => {
    const blame = (code: string) => new ZmtpError(code, "x").blame;
    expect(["RESERVED_FLAGS", "NOT_ZMTP"].map(blame)).toEqual(["peer", "peer"]);
    expect(["NOT_ACTIVE", "NOT_WAITING", "STALE_BATCH"].map(blame)).toEqual(Array(3).fill("caller"));
    const ofConnection = (code: ConnectionCode) => connectionError(code, "x").blame;
    expect((["TOO_MANY_COMMANDS", "TOO_MANY_HANDSHAKES"] as const).map(ofConnection)).toEqual(["peer", "peer"]);
    expect((["CLOSED", "NOT_A_SENDER", "UNFINISHED_MESSAGE", "NO_WEBSOCKET"] as const).map(ofConnection)).toEqual(
      Array(4).fill("caller"),
    );
    expect(
      (["RESET", "NOT_REACHED", "CONNECTION_LOST", "LINGER_EXPIRED", "CONNECT_TIMEOUT"] as const).map(ofConnection),
    ).toEqual(Array(5).fill("network"));
    expect(authenticatorError("AUTHENTICATOR_FAILED", "x").blame).toBe("caller");
  });

  it("keeps a better hint than that of its code", () => {
    expect(connectionError("HANDSHAKE_TIMEOUT", "Late", { hint: "It waits." }).hint).toBe("It waits.");
    expect(connectionError("HANDSHAKE_TIMEOUT", "Late").hint).toMatch(/^Something accepts connections there/);
  });

  it("carries the error beneath it", () => {
    const cause = new Error("ECONNREFUSED");
    expect(connectionError("NOT_REACHED", "Nobody there", { cause }).cause).toBe(cause);
    expect("cause" in connectionError("NOT_REACHED", "Nobody there")).toBe(false);
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
