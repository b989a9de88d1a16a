interface Waiting {
  readonly enter: () => void;
  readonly refuse: (error: Error) => void;
}

/** Lets so many at once do their work, the others in their order after them. */
export class Gate {
  private inside = 0;
  private readonly waiting = new Set<Waiting>();

  constructor(private readonly places: number) {}

  /** @throws what `work` throws, and the signal's reason */
  async run<T>(work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    if (this.inside >= this.places) await this.place(signal);
    else this.inside++;
    try {
      return await work();
    } finally {
      this.leave();
    }
  }

  /** Sends away those who wait. */
  refuseWaiting(error: Error): void {
    for (const { refuse } of [...this.waiting]) refuse(error);
  }

  private leave(): void {
    const [next] = this.waiting;
    if (next) next.enter();
    else this.inside--;
  }

  /** A place that somebody else leaves. */
  private place(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const done = (): void => {
        this.waiting.delete(one);
        signal?.removeEventListener("abort", stop);
      };
      const one: Waiting = {
        enter: () => {
          done();
          resolve();
        },
        refuse: (error) => {
          done();
          reject(error);
        },
      };
      const stop = (): void => one.refuse(signal?.reason);
      this.waiting.add(one);
      signal?.addEventListener("abort", stop, { once: true });
    });
  }
}
