/** What a session reports, as the iterators that it returns. */

/** An iterator over what `next` gives, until it gives undefined. */
export function iterate<T>(next: () => T | undefined): IterableIterator<T> {
  return {
    [Symbol.iterator]() {
      return this;
    },
    next() {
      const value = next();
      return value === undefined ? { done: true, value } : { done: false, value };
    },
  };
}
