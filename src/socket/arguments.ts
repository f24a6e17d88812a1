/** Checks of arguments, with the words of the `zeromq` package. */

/** @internal */
export function refuseMore(given: number, wanted: number): void {
  if (given <= wanted) return;
  throw new TypeError(`Expected ${wanted} argument${wanted === 1 ? "" : "s"} but received ${given}`);
}

/** @internal */
export function wantsOptions(options: unknown): void {
  const isObject = (typeof options === "object" && options !== null) || typeof options === "function";
  if (options !== undefined && !isObject) throw new TypeError("Options must be an object");
}

/** @internal */
export function wantsAddress(address: unknown, given: number): asserts address is string {
  if (typeof address !== "string") throw new TypeError("Address must be a string");
  refuseMore(given, 1);
}

/** @internal Sets the properties of `options` one by one; `except` is not one of them. */
export function setAll(target: object, options: object | undefined, except?: string): void {
  for (const [name, value] of Object.entries(options ?? {})) {
    if (name !== except) Object.assign(target, { [name]: value });
  }
}

/** @internal A class that says what the addon's classes say when they are called as a function. */
export function onlyByNew<Class extends object>(made: Class): Class {
  return new Proxy(made, {
    apply() {
      throw new TypeError("Class constructors cannot be invoked without 'new'");
    },
  });
}
