import { describe, expect, it } from "vitest";
import { encodeCommand, nullServer, type Verdict, type ZapRequest, ZmtpSession } from "../../src/index.js";
import { converse } from "../support/converse.js";
import { ascii, bytes, receiveAll } from "../support/pieces.js";

const open = (verdict: Verdict | Promise<Verdict>, seen: ZapRequest[] = []) =>
  new ZmtpSession({
    socketType: "PAIR",
    remoteAddress: "[::1]:5555",
    mechanism: nullServer({ domain: "d", zap: (request) => (seen.push(request) > 0 ? verdict : false) }),
  });

describe("NULL with an authenticator", () => {
  it("asks before it says READY, and takes the name that it is given", () => {
    const seen: ZapRequest[] = [];
    const server = open({ status: 200, userId: "ann" }, seen);
    const client = new ZmtpSession({ socketType: "PAIR" });
    converse(client, server);
    expect([client.state, server.state, server.peer?.userId]).toEqual(["active", "active", "ann"]);
    expect(seen).toEqual([{ mechanism: "NULL", domain: "d", address: "::1", identity: bytes(), credentials: [] }]);
  });

  it("denies as libzmq does, now or later", async () => {
    const client = new ZmtpSession({ socketType: "PAIR" });
    const server = open(false);
    const { b } = converse(client, server);
    expect(b[0]).toEqual({ type: "SendBytes", bytes: encodeCommand("ERROR", bytes(3), ascii("400")) });
    expect([client.error?.code, server.error?.code]).toEqual(["PEER_ERROR", "DENIED"]);
    const late = open(Promise.resolve({ status: 300 }));
    const { b: asked } = converse(new ZmtpSession({ socketType: "PAIR" }), late);
    const { question } = asked[0] as unknown as { question: Promise<never> };
    expect([...late.proceed(await question)]).toMatchObject([{ type: "Error", error: { code: "DENIED" } }]);
  });

  it("is NULL in all else", () => {
    for (const wrong of [undefined, {}, { zap: true }]) expect(() => nullServer(wrong as never)).toThrow(/nullServer/);
    const server = open(true);
    receiveAll(server, [new ZmtpSession({ socketType: "PAIR" }).start(), encodeCommand("PING", bytes(0, 0))]);
    expect(server.error).toMatchObject({ code: "UNEXPECTED_COMMAND", offset: 67 });
  });
});
