/** A share in work that others may share. */
export interface Share<T> {
  readonly answer: Promise<T>;
  /** Wants the answer no more; the work ends once nobody does. */
  leave(reason: unknown): void;
}

interface Flight<T> {
  readonly answer: Promise<T>;
  readonly stop: AbortController;
  shares: number;
}

/** Work under way, by key: who asks for the same meanwhile shares it. */
export class Flights<T> {
  private readonly flights = new Map<string, Flight<T>>();

  join(key: string, start: (signal: AbortSignal) => Promise<T>): Share<T> {
    const flight = this.flights.get(key) ?? this.begin(key, start);
    flight.shares++;
    return {
      answer: flight.answer,
      leave: (reason) => {
        flight.shares--;
        if (flight.shares > 0) return;
        this.end(key, flight);
        flight.stop.abort(reason);
      },
    };
  }

  private begin(key: string, start: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const stop = new AbortController();
    const flight: Flight<T> = { answer: start(stop.signal), stop, shares: 0 };
    this.flights.set(key, flight);
    const end = (): void => this.end(key, flight);
    flight.answer.then(end, end);
    return flight;
  }

  private end(key: string, flight: Flight<T>): void {
    if (this.flights.get(key) === flight) this.flights.delete(key);
  }
}
