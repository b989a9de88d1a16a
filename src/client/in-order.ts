export interface InOrderOptions {
  /** Items that are worked on at once. */
  readonly concurrency: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * What `work` makes of items, in their order, while it works on several. A result is given as soon as those before it
 * are, also while the next item is not there yet. The signal that `work` gets is aborted when nobody wants the rest.
 * @throws what the items and `work` throw, and the signal's reason
 */
export async function* inOrder<T, R>(
  items: AsyncGenerator<T>,
  work: (item: T, signal: AbortSignal) => Promise<R>,
  { concurrency, signal }: InOrderOptions,
): AsyncGenerator<R> {
  const stop = new AbortController();
  const { aborted, forget } = whenAborted(signal);
  const pending: Promise<R>[] = [];
  const following = (): Promise<IteratorResult<T>> => handled(items.next());
  try {
    let next: Promise<IteratorResult<T>> | undefined = following();
    while (next || pending.length > 0) {
      const [first] = pending;
      const isFull = pending.length >= concurrency;
      const isDone = first?.then(() => undefined);
      const waitedFor = [aborted, ...(isDone ? [isDone] : []), ...(next && !isFull ? [next] : [])];
      const item = await Promise.race(waitedFor);
      if (item === undefined) yield (await pending.shift()) as R;
      else if (item.done) next = undefined;
      else {
        pending.push(handled(work(item.value, stop.signal)));
        next = following();
      }
    }
  } finally {
    forget();
    stop.abort(signal?.reason);
    void handled(items.return(undefined)); // not awaited: it ends only after the item that may be awaited now
  }
}

/** A promise whose error somebody else may meet, or nobody. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function whenAborted(signal: AbortSignal | undefined): { aborted: Promise<never>; forget: () => void } {
  let abort = (): void => {};
  const aborted = new Promise<never>((_, reject) => {
    abort = () => reject(signal?.reason);
  });
  if (signal?.aborted) abort();
  signal?.addEventListener("abort", abort);
  return { aborted: handled(aborted), forget: () => signal?.removeEventListener("abort", abort) };
}
