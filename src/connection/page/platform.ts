/** What pages have and not every library of types knows: Web Locks, and whether memory may be shared. */

/** `navigator.locks`: `held` is called once we have the lock of this name, which is ours until its promise settles. */
export interface Locks {
  request(name: string, held: () => unknown): Promise<unknown>;
}

const page = globalThis as { navigator?: { locks?: Locks }; crossOriginIsolated?: boolean };

/** Undefined where the browser has none, or the page is in no secure context. */
export function webLocks(): Locks | undefined {
  return page.navigator?.locks;
}

/** Whether this page may share memory with its workers: only one that is cut off from others may. */
export function mayShare(): boolean {
  return page.crossOriginIsolated === true && typeof SharedArrayBuffer === "function";
}
