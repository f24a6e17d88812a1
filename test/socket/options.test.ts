/** Every option: what it is at first, what it may be, and on which sockets. */
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import * as addon from "zeromq";
import * as ourDraft from "../../src/zeromq/draft.js";
import * as ours from "../../src/zeromq/index.js";

// The package has no types for it that a module can find.
const draft: object = createRequire(import.meta.url)("zeromq/draft");

type Made = Record<string, unknown> & { close(): void };
type Class = new (options?: object) => Made;

const NAMES = "Pair Publisher Subscriber Request Reply Dealer Router Pull Push XPublisher XSubscriber Stream".split(
  " ",
);
const DRAFTS = "Server Client Radio Dish Gather Scatter".split(" ");

const pairs: [string, Class, Class][] = [
  ...NAMES.map((name): [string, Class, Class] => [name, pick(addon, name), pick(ours, name)]),
  ...DRAFTS.map((name): [string, Class, Class] => [name, pick(draft, name), pick(ourDraft, name)]),
];

function pick(module: object, name: string): Class {
  return (module as Record<string, Class>)[name];
}

/** The properties of a class that are options, its own and those that it inherits. */
function optionsOf(made: object): Map<string, PropertyDescriptor> {
  const found = new Map<string, PropertyDescriptor>();
  for (let at = Object.getPrototypeOf(made); at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if ((descriptor.get ?? descriptor.set) && !found.has(name)) found.set(name, descriptor);
    }
  }
  return found;
}

/** What reading an option gives. */
function read(socket: Made, name: string): unknown {
  try {
    return socket[name];
  } catch (error) {
    return (error as { code?: string }).code;
  }
}

/** What becomes of setting an option: the value that it then has, or the error. */
function set(socket: Made, name: string, value: unknown): unknown {
  try {
    socket[name] = value;
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return code ?? message;
  }
  return ["taken", read(socket, name)];
}

/** Where the addon cannot read back what can be set, we can. */
const UNREADABLE = ["mandatory", "tcpAcceptFilter", "curvePublicKey", "curveSecretKey", "curveServerKey"];
/** Not about options. */
const OTHER = ["events", "context"];
const VALUES = [-2, -1, 0, 1, 2, 5, 99, 155, 1000, 6_553_599, 6_553_600, true, false, "x", "", null, "a".repeat(256)];

describe("options", () => {
  it.each(pairs)("%s has those that libzmq's has, with the same values at first", (_, Theirs, Ours) => {
    const [theirs, own] = [new Theirs(), new Ours()];
    const names = [...optionsOf(theirs).keys()].filter((name) => !OTHER.includes(name)).sort();
    expect([...optionsOf(own).keys()].filter((name) => !OTHER.includes(name)).sort()).toEqual(names);
    for (const name of names) {
      if (!UNREADABLE.includes(name) && !name.startsWith("vmci"))
        expect([name, read(own, name)]).toEqual([name, read(theirs, name)]);
    }
    theirs.close();
    own.close();
  });

  it.each(pairs)("%s takes and refuses the values that libzmq does", (_, Theirs, Ours) => {
    for (const [name, { set: settable }] of optionsOf(new Theirs())) {
      if (settable === undefined || name === "events") continue;
      for (const value of VALUES) {
        const [theirs, own] = [new Theirs(), new Ours()];
        const expected = set(theirs, name, value);
        const result = set(own, name, value);
        if (UNREADABLE.includes(name) && Array.isArray(expected))
          expect([name, value, Array.isArray(result)]).toEqual([name, value, true]);
        else expect([name, value, result]).toEqual([name, value, expected]);
        theirs.close();
        own.close();
      }
    }
  });

  it("exports the names that the package exports, and no other", () => {
    expect(Object.keys(ours).sort()).toEqual(
      Object.keys(addon)
        .filter((name) => name !== "default" && name !== "module.exports")
        .sort(),
    );
    expect(Object.keys(ourDraft).sort()).toEqual(
      Object.keys(draft)
        .filter((name) => name !== "default" && name !== "module.exports")
        .sort(),
    );
  });
});
