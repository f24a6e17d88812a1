/** CLIENT and SERVER, SCATTER and GATHER, RADIO and DISH. RFC 41, 48, 49. */
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import * as ours from "../../src/zeromq/draft.js";
import "../../src/zeromq/index.js";
import { closing, codeOf, Transport, texts, until } from "./support.js";

type Drafts = typeof ours;
// The package has no types for it that a module can find.
const addon = createRequire(import.meta.url)("zeromq/draft") as Drafts;

const WAYS = (["inproc", "tcp"] as const).flatMap((scheme) => [
  ["libzmq", addon, scheme] as const,
  ["monocoque", ours, scheme] as const,
]);
const TIMEOUT = { receiveTimeout: 20_000 };

describe.each(WAYS)("drafts: %s (%#)", (_name, zmq, scheme) => {
  const transport = new Transport(scheme);

  it("a server answers each client by its number", async () => {
    const server = closing(new zmq.Server(TIMEOUT));
    const endpoint = await transport.bind(server);
    const clients = [0, 1].map(() => closing(new zmq.Client(TIMEOUT)));
    for (const client of clients) client.connect(endpoint);
    const numbers: number[] = [];
    for (const [i, client] of clients.entries()) {
      await client.send(`from ${i}`);
      const [body, { routingId }] = await server.receive();
      expect([String(body), typeof routingId]).toEqual([`from ${i}`, "number"]);
      numbers.push(routingId);
    }
    expect(new Set([0, ...numbers]).size).toBe(3);
    for (const [i, routingId] of numbers.entries()) await server.send(`to ${i}`, { routingId });
    for (const [i, client] of clients.entries()) expect(texts([(await client.receive())[0]])).toEqual([`to ${i}`]);
    clients[0].close();
    await until(async () => {
      const code = await codeOf(() => server.send("x", { routingId: numbers[0] }));
      return code === "EHOSTUNREACH";
    });
    await server.send("still here", { routingId: numbers[1] });
    expect(String((await clients[1].receive())[0])).toBe("still here");
  });

  it("messages have one frame, and say whom they are for", async () => {
    const server = closing(new zmq.Server({ sendTimeout: 0 }));
    expect(await codeOf(() => server.send("x", { routingId: 77 }))).toBe("EHOSTUNREACH");
    expect(await codeOf(() => server.send("x", {} as never))).toBe("EINVAL");
    expect(await codeOf(() => (server.send as (message: string) => unknown)("x"))).toBe("TypeError");
    const radio = closing(new zmq.Radio({ sendTimeout: 0 }));
    expect(await codeOf(() => radio.send("x", {} as never))).toBe("EINVAL");
    expect(await codeOf(() => (radio.send as (message: string) => unknown)("x"))).toBe("TypeError");
    for (const name of ["Client", "Scatter"] as const) {
      const gather = closing(new zmq.Gather());
      const server = closing(new zmq.Server());
      const socket = closing(new zmq[name]({ sendTimeout: 0 }));
      socket.connect(await transport.bind(name === "Client" ? server : gather));
      expect([name, await codeOf(() => socket.send(["a", "b"] as never))]).toEqual([name, "EINVAL"]);
      expect([name, await codeOf(() => socket.send(["a"] as never))]).toEqual([name, undefined]);
      expect([name, await codeOf(() => socket.send("a"))]).toEqual([name, undefined]);
    }
  });

  it("SCATTER deals out to its peers in turn", async () => {
    const scatter = closing(new zmq.Scatter());
    const gathers = [0, 1].map(() => closing(new zmq.Gather(TIMEOUT)));
    for (const gather of gathers) scatter.connect(await transport.bind(gather));
    for (let i = 0; i < 6; i++) await scatter.send(`${i}`);
    for (const [i, gather] of gathers.entries()) {
      for (let j = 0; j < 3; j++) expect(String((await gather.receive())[0])).toBe(`${2 * j + i}`);
    }
  });

  it("a DISH hears the groups that it has joined, and no other", async () => {
    const radio = closing(new zmq.Radio());
    const dishes = [0, 1].map(() => closing(new zmq.Dish(TIMEOUT)));
    const endpoint = await transport.bind(radio);
    for (const [i, dish] of dishes.entries()) {
      dish.connect(endpoint);
      dish.join("all", `own ${i}`);
      expect(await codeOf(() => dish.join("all"))).toBe("EINVAL");
      expect(await codeOf(() => dish.leave("never joined"))).toBe("EINVAL");
      expect(await codeOf(() => dish.join("g".repeat(256)))).toBe("EINVAL");
    }
    const hear = async (dish: ours.Dish, wanted: string) => {
      for (;;) {
        const [body, { group }] = await dish.receive();
        if (String(body) === wanted) return String(group);
      }
    };
    const there = [false, false];
    const hearing = dishes.map(async (dish, i) => {
      await hear(dish, "there");
      there[i] = true;
    });
    await until(async () => {
      await radio.send("there", { group: "all" });
      return there.every(Boolean);
    });
    await Promise.all(hearing);
    for (const i of [0, 1]) await radio.send(`for ${i}`, { group: `own ${i}` });
    await radio.send("for all", { group: Buffer.from("all\0and what C does not see") });
    for (const [i, dish] of dishes.entries()) {
      expect(await hear(dish, `for ${i}`)).toBe(`own ${i}`);
      expect(await hear(dish, "for all")).toBe("all");
    }
    dishes[0].leave("all");
    await radio.send("for the rest", { group: "all" });
    expect(await hear(dishes[1], "for the rest")).toBe("all");
    dishes[0].join("all");
    const again = hear(dishes[0], "again");
    let back = false;
    void again.then(() => {
      back = true;
    });
    await until(async () => {
      await radio.send("again", { group: "all" });
      return back;
    });
  });
});

describe("drafts here", () => {
  it("do not speak UDP, and say so", () => {
    expect(() => new ours.Datagram()).toThrow(expect.objectContaining({ code: "ENOTSUP" }));
    expect(() => new ours.Datagram()).toThrow(/Datagram.*UDP/);
  });

  it("know no group with more than 255 octets, which libzmq drops in silence", async () => {
    const radio = closing(new ours.Radio({ sendTimeout: 0 }));
    expect(await codeOf(() => radio.send("x", { group: "g".repeat(256) }))).toBe("EINVAL");
    expect(await codeOf(() => radio.send("x", { group: "g".repeat(255) }))).toBeUndefined();
  });
});
