/** Identities: what a ROUTER calls its peers by. */
import { describe, expect, it } from "vitest";
import { Dealer, Request, Router } from "zeromq";
import type { PeerInfo } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { meet, opened } from "../support/libzmq.js";

const OURS: [string, string | Uint8Array][] = [
  ["text", "a dealer"],
  ["text beyond ASCII", "Händlerin"],
  ["one octet", Uint8Array.of(1)],
  ["octets that are no text", Uint8Array.of(0xff, 0, 0xfe, 0, 0)],
  ["255 octets", Uint8Array.from({ length: 255 }, (_, i) => 255 - i)],
];
const THEIRS = ["a dealer", "Händlerin", "d", "x".repeat(255)];

describe.each(codecs)("$name codec", (codec) => {
  it.each(OURS)("libzmq's ROUTER knows our DEALER by its identity: %s", async (_, identity) => {
    const theirs = opened(new Router({ mandatory: true }));
    const wire = await meet({ socketType: "DEALER", identity, codec }, theirs);

    await wire.send("hello");
    const [from, text] = await theirs.receive();
    expect(from.equals(Buffer.from(identity))).toBe(true);
    expect(String(text)).toBe("hello");
    await theirs.send([Buffer.from(identity), "hello yourself"]);
    expect((await wire.message()).map(String)).toEqual(["hello yourself"]);
  });

  it("libzmq's ROUTER makes up a name for a DEALER without identity", async () => {
    const theirs = opened(new Router({ mandatory: true }));
    const wire = await meet({ socketType: "DEALER", codec }, theirs);

    await wire.send("hello");
    const [from] = await theirs.receive();
    expect(from.length).toBe(5);
    expect(from[0]).toBe(0);
    await theirs.send([from, "hello yourself"]);
    expect((await wire.message()).map(String)).toEqual(["hello yourself"]);
  });

  it("libzmq's ROUTER tells two of our DEALERs apart", async () => {
    const theirs = opened(new Router({ mandatory: true }));
    const one = await meet({ socketType: "DEALER", identity: "one", codec }, theirs);
    const two = await meet({ socketType: "DEALER", identity: "two", codec }, theirs);

    await one.send("from one");
    expect((await theirs.receive()).map(String)).toEqual(["one", "from one"]);
    await two.send("from two");
    expect((await theirs.receive()).map(String)).toEqual(["two", "from two"]);
    await theirs.send(["two", "to two"]);
    await theirs.send(["one", "to one"]);
    expect((await one.message()).map(String)).toEqual(["to one"]);
    expect((await two.message()).map(String)).toEqual(["to two"]);
  });

  it.each(THEIRS)("our ROUTER sees a libzmq DEALER's identity: %s", async (routingId) => {
    const theirs = opened(new Dealer({ routingId }));
    const wire = await meet({ socketType: "ROUTER", codec }, theirs);
    // What comes later leaves it as it is.
    await theirs.send("-".repeat(400));
    await wire.message();

    const { identity, metadata } = wire.session.peer as PeerInfo;
    expect(Buffer.from(identity).toString()).toBe(routingId);
    expect(metadata.get("identity")).toEqual(identity);
  });

  it.each([Request, Router])("our ROUTER sees it from %o, too", async (Theirs) => {
    const wire = await meet({ socketType: "ROUTER", codec }, opened(new Theirs({ routingId: "named" })));
    expect(wire.session.peer?.identity).toEqual(new TextEncoder().encode("named"));
  });

  it("our ROUTER sees that a libzmq DEALER has none", async () => {
    const wire = await meet({ socketType: "ROUTER", codec }, opened(new Dealer()));
    expect(wire.session.peer?.identity).toEqual(new Uint8Array(0));
    expect(wire.session.peer?.metadata.has("Identity")).toBe(true);
  });
});
