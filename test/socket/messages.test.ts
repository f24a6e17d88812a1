/** Whatever `send` takes for a message: octets of any shape, texts, numbers, nothing. */
import { expect, it } from "vitest";
import { closing, codeOf, onBoth, onOurs, texts } from "./support.js";

onBoth("messages", ["inproc", "tcp"], (zmq, transport) => {
  it("are made of whatever can be a frame", async () => {
    const pair = closing(new zmq.Pair());
    const other = closing(new zmq.Pair({ receiveTimeout: 10_000 }));
    other.connect(await transport.bind(pair));
    const octets = Uint8Array.from([0, 1, 65, 66, 67, 2]);
    const frames: [unknown, string][] = [
      ["text \u00e4", "text \u00e4"],
      [Buffer.from("buffer"), "buffer"],
      [octets.subarray(2, 5), "ABC"],
      [Uint16Array.from([0x4241, 0x4443]), "ABCD"],
      [octets.buffer.slice(2, 4), "AB"],
      [null, ""],
      ["", ""],
      [12.5, "12.5"],
      [true, "true"],
      [{ toString: () => "an object" }, "an object"],
      ["x".repeat(5000), "x".repeat(5000)],
      [Buffer.from("y".repeat(5000)), "y".repeat(5000)],
    ];
    for (const [frame, text] of frames) {
      await pair.send(frame as string);
      expect(texts(await other.receive())).toEqual([text]);
    }
    await pair.send(frames.map(([frame]) => frame) as string[]);
    expect(texts(await other.receive())).toEqual(frames.map(([, text]) => text));
  });

  it("are no message if nothing can be made of them", async () => {
    const pair = closing(new zmq.Pair());
    const other = closing(new zmq.Pair({ receiveTimeout: 10_000 }));
    other.connect(await transport.bind(pair));
    const hostile = {
      toString() {
        throw new RangeError("no text");
      },
    };
    expect(await codeOf(() => pair.send(hostile as never))).toBe("RangeError");
    await pair.send("the next one");
    expect(texts(await other.receive())).toEqual(["the next one"]);
  });
});

// Not on libzmq: the addon makes a text of shared memory, and refuses a DataView.
onOurs("messages", ["inproc", "tcp"], (zmq, transport) => {
  it("are made of memory that threads share, and of any view of memory", async () => {
    const pair = closing(new zmq.Pair());
    const other = closing(new zmq.Pair({ receiveTimeout: 10_000 }));
    other.connect(await transport.bind(pair));
    const shared = new SharedArrayBuffer(5);
    new Uint8Array(shared).set([119, 120, 121, 122, 33]);
    for (const [frame, text] of [
      [shared, "wxyz!"],
      [new DataView(shared, 1, 3), "xyz"],
    ] as const) {
      await pair.send(frame as never);
      expect(texts(await other.receive())).toEqual([text]);
    }
  });
});
