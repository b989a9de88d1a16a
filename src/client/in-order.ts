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
  const pending: Tracked<R>[] = [];
  const following = (): Tracked<IteratorResult<T>> => tracked(items.next());
  // Nothing may hang on to what lasts as long as the stream does, as a race against it would: results would stay with it.
  let wake = (): void => {};
  const onAbort = (): void => wake();
  signal?.addEventListener("abort", onAbort);
  try {
    let next: Tracked<IteratorResult<T>> | undefined = following();
    while (next || pending.length > 0) {
      const [first] = pending;
      const wanted: Tracked<IteratorResult<T>> | undefined = pending.length < concurrency ? next : undefined;
      if (!first?.isSettled && !wanted?.isSettled && !signal?.aborted) {
        await new Promise<void>((resume) => {
          wake = resume;
          first?.promise.then(wake, wake);
          wanted?.promise.then(wake, wake);
        });
      }
      signal?.throwIfAborted();
      if (first?.isSettled) {
        pending.shift();
        yield await first.promise;
      } else if (wanted?.isSettled) {
        const item: IteratorResult<T> = await wanted.promise;
        next = item.done ? undefined : following();
        if (!item.done) pending.push(tracked(work(item.value, stop.signal)));
      }
    }
  } finally {
    signal?.removeEventListener("abort", onAbort);
    stop.abort(signal?.reason);
    void tracked(items.return(undefined)); // not awaited: it ends only after the item that may be awaited now
  }
}

interface Tracked<T> {
  readonly promise: Promise<T>;
  isSettled: boolean;
}

/** A promise that tells whether it is settled; its error somebody else may meet, or nobody. */
function tracked<T>(promise: Promise<T>): Tracked<T> {
  const own = { promise, isSettled: false };
  const settle = (): void => {
    own.isSettled = true;
  };
  promise.then(settle, settle);
  return own;
}
