/** Sockets that keep only the last message: libzmq's ZMQ_CONFLATE. */
import { expect, it } from "vitest";
import { closing, onBoth, texts, until } from "./support.js";

onBoth("conflating", ["inproc", "tcp"], (zmq, transport) => {
  it("PULL hears only the last of what has come", async () => {
    const pull = closing(new zmq.Pull({ conflate: true, receiveTimeout: 10_000 }));
    const push = closing(new zmq.Push({ conflate: true, sendTimeout: 0 }));
    push.connect(await transport.bind(pull));
    for (let i = 0; i < 200; i++) await push.send(`${i}`);
    // Not both have to conflate but over inproc://, where who connects decides. Which ones are overtaken depends on how quickly they travel; the last one is not, and nothing comes twice.
    const heard: number[] = [];
    while (heard.at(-1) !== 199) heard.push(Number(texts(await pull.receive())[0]));
    expect(heard).toEqual([...new Set(heard)].sort((a, b) => a - b));
    expect(heard.length).toBeLessThan(200);
    pull.receiveTimeout = 0;
    await expect(pull.receive()).rejects.toMatchObject({ code: "EAGAIN" });
  });

  it("PUSH never has to wait, and delivers the last message to a peer that comes late", async () => {
    const push = closing(new zmq.Push({ conflate: true, sendTimeout: 0 }));
    const pull = closing(new zmq.Pull({ conflate: transport.scheme === "inproc", receiveTimeout: 10_000 }));
    const endpoint = await transport.bind(pull);
    if (transport.scheme === "tcp") await pull.unbind(endpoint);
    push.connect(endpoint);
    for (let i = 0; i < 50; i++) await push.send(`${i}`);
    if (transport.scheme === "tcp") {
      await until(() =>
        pull.bind(endpoint).then(
          () => true,
          () => false,
        ),
      );
    }
    expect(texts(await pull.receive())).toEqual(["49"]);
  });

  it("a subscriber hears only the last of what has come", async () => {
    const publisher = closing(new zmq.Publisher({ sendHighWaterMark: 0 }));
    const subscriber = closing(new zmq.Subscriber({ conflate: true, receiveTimeout: 10_000 }));
    subscriber.connect(await transport.bind(publisher));
    subscriber.subscribe("");
    let there = false;
    void subscriber.receive().then(() => {
      there = true;
    });
    await until(async () => {
      await publisher.send("there");
      return there;
    });
    for (let i = 0; i < 100; i++) await publisher.send(`${i}`);
    const heard: string[] = [];
    while (heard.at(-1) !== "99") heard.push(texts(await subscriber.receive())[0]);
    expect(heard.length).toBeLessThan(100);
  });
});
