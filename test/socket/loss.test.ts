/** What is lost when a peer goes, and what is not: what libzmq loses, and no more. RFC 28, 30. */
import { expect, it } from "vitest";
import { closing, codeOf, onBoth, texts, until } from "./support.js";

onBoth("loss", ["tcp"], (zmq, transport) => {
  it("loses with an accepted connection what was for its peer, and nothing sent later", async () => {
    const push = closing(new zmq.Push({ sendTimeout: 10_000 }));
    const endpoint = await transport.bind(push);
    let gone = false;
    push.events.on("disconnect", () => {
      gone = true;
    });
    const first = new zmq.Pull({ receiveTimeout: 10_000 });
    first.connect(endpoint);
    for (let i = 0; i < 20; i++) await push.send(`before ${i}`);
    expect(texts(await first.receive())).toEqual(["before 0"]);
    first.close();
    await until(() => gone);
    const second = closing(new zmq.Pull({ receiveTimeout: 10_000 }));
    second.connect(endpoint);
    for (let i = 0; i < 3; i++) await push.send(`after ${i}`);
    for (let i = 0; i < 3; i++) expect(texts(await second.receive())).toEqual([`after ${i}`]);
  });

  it("loses a request with the peer that was asked: a REQ goes on waiting, and may not ask again", async () => {
    const req = closing(new zmq.Request({ receiveTimeout: 10_000, reconnectInterval: 10 }));
    let meetings = 0;
    req.events.on("handshake", () => {
      meetings++;
    });
    const first = new zmq.Reply({ receiveTimeout: 10_000 });
    const endpoint = await transport.bind(first);
    req.connect(endpoint);
    await req.send("one");
    expect(texts(await first.receive())).toEqual(["one"]);
    first.close();
    const second = closing(new zmq.Reply({ receiveTimeout: 10_000 }));
    // The system may need a moment until the address is free.
    await until(async () => (await codeOf(() => second.bind(endpoint))) === undefined);
    await until(() => meetings === 2);
    req.receiveTimeout = 50;
    expect(await codeOf(() => req.receive())).toBe("EAGAIN");
    req.sendTimeout = 0;
    expect(await codeOf(() => req.send("two"))).toBe("EFSM");
    // The request is not asked again of the one that came: it hears what another REQ asks, and nothing before that.
    const other = closing(new zmq.Request({ receiveTimeout: 10_000 }));
    other.connect(endpoint);
    await other.send("from another");
    expect(texts(await second.receive())).toEqual(["from another"]);
  });
});
