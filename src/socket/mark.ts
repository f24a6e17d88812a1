/** High-water marks, in messages. As in libzmq, 0 is none, and who was full is served again when half has been read. */

/** @internal Whether no further message fits. */
export function isFull(waiting: number, mark: number): boolean {
  return mark > 0 && waiting >= mark;
}

/**
 * @internal How many messages may wait when there is room again: waking a sender for each single one would cost too
 * much.
 */
export function roomAgainAt(mark: number): number {
  return mark === 0 ? Number.POSITIVE_INFINITY : mark - ((mark + 1) >> 1);
}
