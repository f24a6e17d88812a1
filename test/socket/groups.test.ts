/** What a DISH may cost a RADIO: its groups are names of at most 255 octets, and they are counted. RFC 48. */
import { once } from "node:events";
import { expect, it } from "vitest";
import { encodeCommand, encodeMessage } from "../../src/index.js";
import { Dish, Radio } from "../../src/zeromq/draft.js";
import "../../src/zeromq/index.js";
import { hello, rawDial, rawListen } from "../support/raw.js";
import { closing } from "./support.js";

/** A RADIO, and a stranger that says it is a DISH. */
async function met() {
  const radio = closing(new Radio());
  await radio.bind("tcp://127.0.0.1:*");
  const socket = await rawDial(radio.lastEndpoint as string);
  socket.on("error", () => {});
  socket.write(hello("DISH"));
  return { radio, socket };
}

/** An honest DISH hears the RADIO. */
async function serves(radio: Radio): Promise<void> {
  const dish = closing(new Dish({ receiveTimeout: 20_000 }));
  dish.connect(radio.lastEndpoint as string);
  dish.join("news");
  const sending = setInterval(() => void radio.send("of the day", { group: "news" }), 10);
  try {
    expect(String((await dish.receive())[0])).toBe("of the day");
  } finally {
    clearInterval(sending);
  }
}

it("a name that no message can have is nobody's group, however long it is", async () => {
  const { radio, socket } = await met();
  for (const size of [256, 200_000]) socket.write(encodeCommand("JOIN", new Uint8Array(size).fill(65)));
  await serves(radio);
  expect(socket.closed).toBe(false);
});

it("thousands of groups at once are no flood of commands", async () => {
  const { radio, socket } = await met();
  const names = Array.from({ length: 15_000 }, (_, i) => encodeCommand("JOIN", new TextEncoder().encode(`group ${i}`)));
  socket.write(Buffer.concat(names));
  const sending = setInterval(() => void radio.send("of the day", { group: "group 14999" }), 10);
  try {
    let heard = "";
    for await (const chunk of socket) {
      heard += chunk.toString("latin1");
      if (heard.includes("group 14999")) break;
    }
    expect(heard.includes("of the day")).toBe(true);
  } finally {
    clearInterval(sending);
  }
});

it("groups without end are refused, and others go on hearing", async () => {
  const { radio, socket } = await met();
  socket.resume();
  const refused = once(socket, "end").finally(() => socket.destroy());
  let last = 0;
  const join = () => {
    const names = Array.from({ length: 5000 }, () =>
      encodeCommand("JOIN", new TextEncoder().encode(`group ${last++}`)),
    );
    socket.write(Buffer.concat(names), () => {
      if (!socket.destroyed) join();
    });
  };
  join();
  await refused;
  expect(last).toBeLessThan(1_000_000);
  await serves(radio);
});

it("a DISH drops what comes under such a name, and hears what follows", async () => {
  const endpoint = await rawListen((socket) => {
    socket.on("error", () => {});
    socket.write(hello("RADIO"));
    for (const [group, body] of [
      [new Uint8Array(200_000).fill(65), "dropped"],
      [new Uint8Array(256).fill(65), "dropped"],
      ["news", "heard"],
    ] as const)
      socket.write(encodeMessage([group, body]));
  });
  const dish = closing(new Dish({ receiveTimeout: 20_000 }));
  dish.join("news");
  dish.connect(endpoint);
  expect(String((await dish.receive())[0])).toBe("heard");
});
