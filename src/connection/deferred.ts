/** A promise that is resolved or rejected from outside. */

/** Such a promise, with its two functions. */
export class Deferred<T = void> {
  readonly promise: Promise<T>;
  resolve!: (value: T) => void;
  reject!: (reason: unknown) => void;

  constructor() {
    this.promise = new Promise<T>((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Without this a rejection that nobody awaits would end the process.
    this.promise.catch(() => {});
  }
}
