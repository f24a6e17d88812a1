/** Sockets that are used wrongly: what the addon refuses ours refuses, at the call, with the same words. */
import { expect, it } from "vitest";
import { closing, codeOf, onBoth, onOurs, texts } from "./support.js";

/** What a call is answered with: the message of a TypeError, else the code and the message. */
async function answer(call: () => unknown): Promise<string> {
  try {
    await call();
    return "taken";
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code === undefined ? `${(error as Error).name}: ${message}` : `${code}: ${message}`;
  }
}

/** A class, or a method, without the types that forbid what is done to it here. */
type Loose = new (...args: unknown[]) => Record<string, (...args: unknown[]) => unknown>;
const loose = (made: unknown) => made as unknown as Loose;
const calls = (made: unknown) => made as Record<string, (...args: unknown[]) => unknown>;

onBoth("misuse", ["tcp"], (zmq, transport) => {
  it("constructors refuse what is no options, more than one argument, and a call without new", async () => {
    const Push = loose(zmq.Push);
    class Odd extends loose(zmq.Socket) {}
    expect(await answer(() => new Push("text"))).toBe("TypeError: Options must be an object");
    expect(await answer(() => new Push({}, 1))).toMatch("taken");
    expect(await answer(() => new Odd("type"))).toBe("TypeError: Socket type must be a number");
    expect(await answer(() => new Odd(1, {}, 3))).toBe("TypeError: Expected 2 arguments but received 3");
    expect(await answer(() => new Odd(4591))).toBe("EINVAL: Invalid argument");
    expect(await answer(() => new Push({ context: {} }))).toMatch(/Invalid argument$/);
    expect(await answer(() => calls(zmq).Socket(1))).toBe(
      "TypeError: Class constructors cannot be invoked without 'new'",
    );
    expect(await answer(() => new (loose(zmq.Context))("text"))).toBe("TypeError: Options must be an object");
    expect(await answer(() => new (loose(zmq.Context))({}, 1))).toBe("TypeError: Expected 1 argument but received 2");
  });

  it.each(["bind", "bindSync", "unbind", "unbindSync", "connect", "disconnect"])(
    "%s takes a text, and nothing else",
    async (method) => {
      const socket = calls(closing(new zmq.Dealer()));
      expect(await answer(() => socket[method](1))).toBe("TypeError: Address must be a string");
      expect(await answer(() => socket[method]())).toBe("TypeError: Address must be a string");
      expect(await answer(() => socket[method]("tcp://127.0.0.1:1", 2))).toBe(
        "TypeError: Expected 1 argument but received 2",
      );
    },
  );

  it("a message must be present, and be one argument; an empty one is no message", async () => {
    const push = closing(new zmq.Push({ sendTimeout: 0 }));
    expect(await answer(() => calls(push).send())).toBe("TypeError: Message must be present");
    expect(await answer(() => calls(push).send("a", "b"))).toBe("TypeError: Expected 1 argument but received 2");
    expect(await answer(() => push.send([] as never))).toBe("taken");
    const pull = calls(closing(new zmq.Pull()));
    expect(await answer(() => pull.receive(1))).toBe("TypeError: Expected 0 arguments but received 1");
    expect(await answer(() => pull.close(1))).toBe("TypeError: Expected 0 arguments but received 1");
  });

  it("a closed socket does nothing any more, and says so", async () => {
    const dealer = new zmq.Dealer();
    dealer.close();
    expect(dealer.closed).toBe(true);
    expect([dealer.readable, dealer.writable]).toEqual([false, false]);
    for (const method of ["bind", "unbind", "connect", "disconnect", "bindSync", "unbindSync"]) {
      expect([method, await codeOf(() => calls(dealer)[method]("tcp://127.0.0.1:1"))]).toEqual([method, "EBADF"]);
    }
    expect(await codeOf(() => dealer.send("x"))).toBe("EBADF");
    expect(await codeOf(() => dealer.send([] as never))).toBe("EBADF");
    expect(await codeOf(() => dealer.receive())).toBe("EBADF");
    expect(await codeOf(() => dealer.linger)).toBe("ENOTSOCK");
    expect(
      await codeOf(() => {
        dealer.linger = 1;
      }),
    ).toBe("ENOTSOCK");
    dealer.close();
  });

  it("is busy while it is bound, unbound, read or written by somebody else", async () => {
    const dealer = closing(new zmq.Dealer());
    const binding = dealer.bind(transport.wildcard);
    expect(await answer(() => dealer.send("x"))).toBe("EBUSY: Socket is blocked by a bind or unbind operation");
    expect(await codeOf(() => dealer.receive())).toBe("EBUSY");
    expect(await codeOf(() => dealer.bind(transport.wildcard))).toBe("EBUSY");
    expect(await codeOf(() => dealer.connect("tcp://127.0.0.1:1"))).toBe("EBUSY");
    await binding;
    const reading = codeOf(() => dealer.receive());
    expect(await answer(() => dealer.receive())).toBe(
      "EBUSY: Socket is busy reading; only one receive operation may be in progress at any time",
    );
    const writing = codeOf(() => dealer.send("nobody is there"));
    expect(await answer(() => dealer.send("x"))).toBe(
      "EBUSY: Socket is busy writing; only one send operation may be in progress at any time",
    );
    dealer.close();
    expect([await reading, await writing]).toEqual(["EAGAIN", "EAGAIN"]);
  });

  it("closed while it is being bound, it closes behind that", async () => {
    const pull = new zmq.Pull();
    const binding = pull.bind(transport.wildcard);
    pull.close();
    expect(pull.closed).toBe(false);
    await binding;
    expect(pull.closed).toBe(true);
  });

  it("an option that does not exist is an error, and so is one of the wrong kind", async () => {
    expect(await answer(() => new (loose(zmq.Push))({ doesNotExist: 1 }))).toMatch(/^TypeError: .*not extensible/);
    /** Options by their numbers, as programs that extend a class reach them. */
    class Odd extends zmq.Dealer {
      read(id: number) {
        return this.getInt32Option(id);
      }
      write(id: number, value: unknown) {
        this.setInt32Option(id, value as number);
      }
    }
    const odd = closing(new Odd());
    odd.write(17, 25);
    expect([odd.read(17), odd.linger]).toEqual([25, 25]);
    expect(await answer(() => odd.read(4591))).toBe("EINVAL: Invalid argument");
    expect(await answer(() => odd.write(4591, 1))).toBe("EINVAL: Invalid argument");
    expect(await answer(() => odd.write(17, "1"))).toBe("TypeError: Option value must be a number");
    expect(await codeOf(() => odd.write(4, 1))).toBe("EINVAL");
  });

  it("a proxy takes two sockets that are bound or connected", async () => {
    const Forwarder = loose(zmq.Proxy);
    const [front, back] = [closing(new zmq.Router()), closing(new zmq.Dealer())];
    expect(await answer(() => new Forwarder(1, back))).toBe("TypeError: Front-end must be a socket object");
    expect(await answer(() => new Forwarder(front, null))).toBe("TypeError: Back-end must be a socket object");
    expect(await answer(() => new Forwarder(front, back, 3))).toBe("TypeError: Expected 2 arguments but received 3");
    expect(await answer(() => new Forwarder({}, back))).toMatch(/Invalid argument$/);
    const proxy = new zmq.Proxy(front, back);
    expect(await answer(() => proxy.run())).toBe("EINVAL: Front-end socket must be bound or connected");
    await transport.bind(front);
    expect(await answer(() => proxy.run())).toBe("EINVAL: Back-end socket must be bound or connected");
    for (const method of ["pause", "resume", "terminate"]) {
      expect([method, await codeOf(() => calls(proxy)[method]())]).toEqual([method, "EBADF"]);
    }
  });

  it("iterating ends with the socket, and what else goes wrong is thrown", async () => {
    const [pull, push] = [closing(new zmq.Pull()), closing(new zmq.Push())];
    push.connect(await transport.bind(pull));
    for (const text of ["1", "2", "3"]) await push.send(text);
    const heard: string[] = [];
    for await (const message of pull) {
      heard.push(...texts(message));
      if (heard.length === 3) setImmediate(() => pull.close());
    }
    expect(heard).toEqual(["1", "2", "3"]);
    for await (const message of pull) heard.push(...texts(message));
    expect(heard).toHaveLength(3);
    const hasty = closing(new zmq.Pull({ receiveTimeout: 0 }));
    const iterate = async () => {
      for await (const message of hasty) heard.push(...texts(message));
    };
    expect(await codeOf(iterate)).toBe("EAGAIN");
  });
});

// Not on libzmq, whose addon has no `receive` there either but in its prototype, where it waits for ever.
onOurs("misuse", ["tcp"], (zmq) => {
  it("who only sends has no receive", async () => {
    for (const name of ["Push", "Publisher"] as const) {
      const socket = calls(closing(new zmq[name]()));
      expect(await answer(() => socket.receive())).toMatch(/^TypeError: receive is not a function of P[A-Z]+ sockets/);
    }
  });
});
