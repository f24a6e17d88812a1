/** Contexts: what their options are, what they allow, and that sockets of different ones do not meet. */
import { expect, it } from "vitest";
import { closing, codeOf, onBoth, texts, until } from "./support.js";

onBoth("contexts", ["inproc"], (zmq, transport) => {
  it("have the options of libzmq, with its values at first", () => {
    const { blocky, ioThreads, maxMessageSize, maxSockets, ipv6, maxSocketsLimit } = new zmq.Context();
    expect({ blocky, ioThreads, maxMessageSize, maxSockets, ipv6, maxSocketsLimit }).toEqual({
      blocky: true,
      ioThreads: 1,
      maxMessageSize: 2 ** 31 - 1,
      maxSockets: 1023,
      ipv6: false,
      maxSocketsLimit: 65_535,
    });
  });

  it("keep what they are given, and refuse what libzmq refuses", async () => {
    const context = new zmq.Context({ ioThreads: 5, maxSockets: 10, blocky: false });
    expect([context.ioThreads, context.maxSockets, context.blocky]).toEqual([5, 10, false]);
    context.ipv6 = true;
    expect([context.ipv6, new zmq.Context().ipv6]).toEqual([true, false]);
    const set = (name: string, value: unknown) => codeOf(() => Object.assign(context, { [name]: value }));
    expect(await set("maxSockets", 0)).toBe("EINVAL");
    expect(await set("ioThreads", -1)).toBe("EINVAL");
    expect(await set("ioThreads", true)).toBe("TypeError");
    expect(await set("ipv6", 1)).toBe("TypeError");
    expect(await set("maxSocketsLimit", 1)).toBe("TypeError");
    expect(await set("noSuchOption", 1)).toBe("TypeError");
    // What threads the addon has is its own matter: to be written, and never read.
    expect(await set("threadPriority", 4)).toBeUndefined();
    expect(await set("threadSchedulingPolicy", 1)).toBeUndefined();
    expect((context as unknown as Record<string, unknown>).threadPriority).toBeUndefined();
    expect([context.ioThreads, context.maxSockets]).toEqual([5, 10]);
  });

  it("know no option by a number that is none", async () => {
    class Odd extends zmq.Context {
      read(id: number) {
        return this.getInt32Option(id);
      }
      write(id: number) {
        this.setInt32Option(id, 1);
      }
    }
    const odd = new Odd();
    expect(odd.read(2)).toBe(1023);
    expect([await codeOf(() => odd.read(4591)), await codeOf(() => odd.write(4591))]).toEqual(["EINVAL", "EINVAL"]);
  });

  it("give out so many sockets, and one more when one is closed", async () => {
    const context = new zmq.Context({ maxSockets: 2 });
    const sockets = [0, 1].map(() => closing(new zmq.Pair({ context })));
    expect(sockets[0].context).toBe(context);
    expect(await codeOf(() => new zmq.Pair({ context }))).toBe("EMFILE");
    sockets[0].close();
    // libzmq clears away what is closed in a thread of its own.
    await until(async () => (await codeOf(() => closing(new zmq.Pair({ context })))) === undefined);
    expect(closing(new zmq.Pair()).context).toBe(zmq.context);
  });

  it("decide how new sockets linger, and whether they speak IPv6", () => {
    const context = new zmq.Context({ ipv6: true });
    const of = (name: "Pair" | "Subscriber", options: object) => {
      const { linger, ipv6 } = closing(new zmq[name](options));
      return [linger, ipv6];
    };
    expect(of("Pair", { context })).toEqual([-1, true]);
    expect(of("Subscriber", { context })).toEqual([0, true]);
    context.blocky = false;
    expect(of("Pair", { context })).toEqual([0, true]);
    expect(of("Pair", { context, linger: 5, ipv6: false })).toEqual([5, false]);
  });

  it("keep names of inproc apart", async () => {
    const contexts = [new zmq.Context(), new zmq.Context()];
    const name = transport.wildcard;
    const pulls = contexts.map((context) => closing(new zmq.Pull({ context, receiveTimeout: 10_000 })));
    for (const pull of pulls) await pull.bind(name);
    for (const [i, context] of contexts.entries()) {
      const push = closing(new zmq.Push({ context }));
      push.connect(name);
      await push.send(`${i}`);
      expect(texts(await pulls[i].receive())).toEqual([`${i}`]);
    }
  });
});
