/** The mechanism of docs/writing-a-mechanism.md, over connections and over two sessions. */
import { describe, expect, it, onTestFinished } from "vitest";
import { type Connection, type Mechanism, overStreams, type SessionEvent, ZmtpSession } from "../../src/index.js";
import { transforms } from "../support/streams.js";
import { type LookUp, tokenClient, tokenServer } from "./token-mechanism.js";

const lookUp: LookUp = async (token) => (token === "tok-7f3a" ? "alice" : undefined);

function meet(client: Mechanism, server: Mechanism): readonly [Promise<Connection>, Promise<Connection>] {
  const [one, other] = transforms();
  const ends = [
    overStreams(one, { socketType: "DEALER", identity: "d-1", mechanism: client }),
    overStreams(other, { socketType: "ROUTER", metadata: { "X-Room": "blue" }, mechanism: server }),
  ] as const;
  onTestFinished(async () => {
    for (const end of await Promise.allSettled(ends)) if (end.status === "fulfilled") end.value.destroy();
  });
  return ends;
}

describe("a mechanism of somebody else's", () => {
  it("lets a known client in, and says who it is", async () => {
    const [client, server] = await Promise.all(meet(tokenClient("tok-7f3a"), tokenServer(lookUp)));
    expect(server.peer).toMatchObject({ mechanism: "TOKEN", userId: "alice", socketType: "DEALER" });
    expect(new TextDecoder().decode(server.peer.identity)).toBe("d-1");
    expect(new TextDecoder().decode(client.peer.metadata.get("x-room"))).toBe("blue");
    client.send(["", "a question"]);
    for await (const frames of server) {
      expect(frames.map((frame) => new TextDecoder().decode(frame))).toEqual(["", "a question"]);
      break;
    }
  });

  it("turns an unknown client away, with an error of its own here and a reason there", async () => {
    const [client, server] = meet(tokenClient("tok-0000"), tokenServer(lookUp));
    await expect(server).rejects.toMatchObject({ code: "UNKNOWN_TOKEN", hint: "Give it a new one." });
    await expect(client).rejects.toMatchObject({
      code: "PEER_ERROR",
      message: expect.stringContaining("unknown-token"),
    });
  });

  it("fails where the look-up fails, and keeps the cause", async () => {
    const cause = new Error("the database is down");
    const [client, server] = meet(
      tokenClient("tok-7f3a"),
      tokenServer(() => Promise.reject(cause)),
    );
    await expect(server).rejects.toMatchObject({ code: "MECHANISM_FAILED", cause });
    await expect(client).rejects.toMatchObject({ code: "PEER_CLOSED" });
  });

  it("refuses two servers at the octet that says so, and a READY without a token", () => {
    const server = new ZmtpSession({ socketType: "ROUTER", mechanism: tokenServer(lookUp) });
    const twin = new ZmtpSession({ socketType: "DEALER", mechanism: tokenServer(lookUp) });
    expect(errorIn(server.receive(twin.start()))).toMatchObject({ code: "AS_SERVER", offset: 32 });

    const strict = new ZmtpSession({ socketType: "ROUTER", mechanism: tokenServer(lookUp) });
    const client = new ZmtpSession({ socketType: "DEALER", mechanism: tokenClient("tok-7f3a") });
    for (const _ of strict.receive(client.start()));
    const early = Uint8Array.of(4, 6, 5, ...new TextEncoder().encode("READY"));
    // Two octets of frame header and one of the name's length stand before the name.
    expect(errorIn(strict.receive(early))).toMatchObject({ code: "UNEXPECTED_COMMAND", offset: 64 + 3 });
  });
});

function errorIn(events: Iterable<SessionEvent>): unknown {
  for (const event of events) if (event.type === "Error") return event.error;
  return undefined;
}
