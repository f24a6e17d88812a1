/** What a port is in Node, where the program has types for it. */

/** What `process.getBuiltinModule` gives: the one place where Node's types show modules to whoever imports none. */
type BuiltIn = typeof globalThis extends {
  process: { getBuiltinModule: { (id: never): infer Modules; (id: string): object | undefined } };
}
  ? Modules
  : never;

/** A `MessagePort` of node:worker_threads where its type is known, with `@types/node`; else any object. */
export type ThreadPort =
  Extract<BuiltIn, { MessagePort: unknown }> extends {
    MessagePort: { prototype: infer Port extends object };
  }
    ? Port
    : object;
