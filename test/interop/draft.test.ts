/** The socket types that libzmq calls drafts: messages of one frame, and groups. */
import { describe, expect, it } from "vitest";
import { Client, Dish, Gather, Radio, Scatter, Server } from "zeromq/draft.js";
import { encodeFrame } from "../../src/index.js";
import { codecs } from "../support/codecs.js";
import { meet, opened } from "../support/libzmq.js";

const bytes = (text: string) => new TextEncoder().encode(text);

describe.each(codecs)("$name codec", (codec) => {
  it("our CLIENT talks to a SERVER", async () => {
    const theirs = opened(new Server());
    const wire = await meet({ socketType: "CLIENT", codec }, theirs);
    expect(wire.session.peer?.socketType).toBe("SERVER");
    await wire.send("question");
    const [question, { routingId }] = await theirs.receive();
    expect(String(question)).toBe("question");
    await theirs.send("answer", { routingId });
    expect((await wire.message()).map(String)).toEqual(["answer"]);
  });

  it("our SERVER talks to a CLIENT", async () => {
    const theirs = opened(new Client());
    const wire = await meet({ socketType: "SERVER", codec }, theirs);
    expect(wire.session.peer?.socketType).toBe("CLIENT");
    await theirs.send("question");
    expect((await wire.message()).map(String)).toEqual(["question"]);
    await wire.send("answer");
    expect((await theirs.receive()).map(String)).toEqual(["answer"]);
  });

  it("our SCATTER talks to a GATHER", async () => {
    const theirs = opened(new Gather());
    const wire = await meet({ socketType: "SCATTER", codec }, theirs);
    expect(wire.session.peer?.socketType).toBe("GATHER");
    await wire.send("here");
    expect((await theirs.receive()).map(String)).toEqual(["here"]);
  });

  it("our GATHER listens to a SCATTER", async () => {
    const theirs = opened(new Scatter());
    const wire = await meet({ socketType: "GATHER", codec }, theirs);
    expect(wire.session.peer?.socketType).toBe("SCATTER");
    await theirs.send("here");
    expect((await wire.message()).map(String)).toEqual(["here"]);
  });

  it("our RADIO sees a DISH join and leave groups", async () => {
    const theirs = opened(new Dish());
    theirs.join("news");
    const wire = await meet({ socketType: "RADIO", codec }, theirs);
    expect(wire.session.peer?.socketType).toBe("DISH");
    const heard = theirs.receive();
    expect(await wire.next("Command")).toEqual({ type: "Command", name: "JOIN", data: bytes("news") });
    await wire.send(["other", "not for you"]);
    await wire.send(["news", "of the day"]);
    const [text, { group }] = await heard;
    expect([String(group), String(text)]).toEqual(["news", "of the day"]);
    theirs.leave("news");
    expect(await wire.next("Command")).toEqual({ type: "Command", name: "LEAVE", data: bytes("news") });
  });

  it("our DISH hears a RADIO, if JOIN is sent by hand", async () => {
    const theirs = opened(new Radio());
    const wire = await meet({ socketType: "DISH", codec }, theirs);
    expect(wire.session.peer?.socketType).toBe("RADIO");
    await wire.write(encodeFrame("\x04JOINnews", { command: true }));
    // A RADIO tells nobody when a JOIN has reached it.
    do {
      await theirs.send("not for you", { group: "other" });
      await theirs.send("of the day", { group: "news" });
      await wire.write(wire.session.ping());
      await wire.next("Command");
    } while (!wire.events.some(({ type }) => type === "Frame"));
    expect((await wire.message()).map(String)).toEqual(["news", "of the day"]);
  });
});
