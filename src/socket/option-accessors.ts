/** Options as properties: of every socket, or of the types that have them. */
import { PATTERNS } from "./patterns.js";
import { hasOption, type Kind, OPTIONS, type OptionName, optionOf } from "./settings.js";
import { Socket } from "./socket.js";

type Accessors = Record<`get${Kind}Option`, (id: number) => unknown> &
  Record<`set${Kind}Option`, (id: number, value: unknown) => void>;

/** Options that no property stands for: a setter or an argument of `connect` does. */
const HIDDEN: readonly string[] = ["xpubVerbose", "xpubVerboser", "connectRoutingId"];

const NAMES = (Object.keys(OPTIONS) as OptionName[]).filter((name) => !HIDDEN.includes(name));

/** What can be asked of a socket and never set. */
const ASKED = [
  ["type", 16, "Int32"],
  ["lastEndpoint", 32, "String"],
  ["threadSafe", 81, "Bool"],
] as const;

const MECHANISMS = [null, "plain", "curve", "gssapi"];

for (const [name, id, kind] of ASKED) readOnly(name, (socket) => socket[`get${kind}Option`](id));
readOnly("securityMechanism", (socket) => MECHANISMS[socket.getInt32Option(43) as number]);
for (const name of NAMES) if (optionOf(name).on === undefined) property(Socket.prototype, name);

/** @internal Gives classes the options that only their types have. */
export function optionAccessors(classes: Record<string, { readonly prototype: object }>): void {
  for (const [className, { prototype }] of Object.entries(classes)) {
    const type = TYPES[className] as string;
    for (const name of NAMES) if (optionOf(name).on !== undefined && hasOption(type, name)) property(prototype, name);
  }
}

/** libzmq's names of the types, by those of the classes. */
const TYPES: Record<string, string> = {
  Publisher: "PUB",
  Subscriber: "SUB",
  Request: "REQ",
  Reply: "REP",
  XPublisher: "XPUB",
  XSubscriber: "XSUB",
};
for (const { name } of PATTERNS.values()) TYPES[name[0] + name.slice(1).toLowerCase()] ??= name;

function property(prototype: object, name: OptionName): void {
  const { id, kind, access } = optionOf(name);
  Object.defineProperty(prototype, name, {
    ...(access !== "write" && {
      get(this: Accessors) {
        return this[`get${kind}Option`](id);
      },
    }),
    set(this: Accessors, value: unknown) {
      this[`set${kind}Option`](id, value);
    },
  });
}

function readOnly(name: string, get: (socket: Accessors) => unknown): void {
  Object.defineProperty(Socket.prototype, name, {
    get(this: Accessors) {
      return get(this);
    },
    set() {
      throw new TypeError(`Cannot set property ${name} of #<Socket> which has only a getter`);
    },
  });
}
