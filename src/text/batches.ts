export interface BatchOptions<T = unknown> {
  /** @default 128 */
  readonly batchSize?: number | undefined;
  /** Ends a batch whose items weigh this much together. @default none does */
  readonly batchWeight?: number | undefined;
  /** What an item weighs. @default 1 */
  readonly weigh?: ((item: T) => number) | undefined;
  /** Gives what is there when the next item is not in so many milliseconds. @default waits for a full batch */
  readonly flushAfterMs?: number | undefined;
}

/**
 * Items in their order, some at a time; the last batch may be smaller. Without `flushAfterMs` where a batch ends depends on
 * the items up to there alone.
 */
export async function* inBatches<T>(
  items: AsyncIterable<T> | Iterable<T>,
  {
    batchSize = 128,
    batchWeight = Number.POSITIVE_INFINITY,
    weigh = () => 1,
    flushAfterMs,
  }: BatchOptions<T> = {},
): AsyncGenerator<T[]> {
  let batch: T[] = [];
  let weight = 0;
  const source = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  try {
    while (true) {
      const next = Promise.resolve(source.next());
      if (batch.length > 0 && flushAfterMs !== undefined && (await isLate(next, flushAfterMs))) {
        yield batch;
        batch = [];
        weight = 0;
      }
      const { value, done } = await next;
      if (done) break;
      batch.push(value);
      weight += weigh(value);
      if (batch.length < batchSize && weight < batchWeight) continue;
      yield batch;
      batch = [];
      weight = 0;
    }
  } finally {
    await source.return?.();
  }
  if (batch.length > 0) yield batch;
}

async function isLate(next: Promise<unknown>, milliseconds: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(resolve, milliseconds, true);
  });
  const inTime = next.then(
    () => false,
    () => false, // the one who awaits the item meets its error
  );
  const result = await Promise.race([inTime, late]);
  clearTimeout(timer);
  return result;
}
