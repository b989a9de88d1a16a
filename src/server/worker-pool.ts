import { Worker } from "node:worker_threads";
import type { JobInput, JobKind, JobOutput } from "./jobs/jobs.js";
import type { Message, Reply, Request, WorkerData } from "./worker-data.js";

const WORKER = new URL("./worker.js", import.meta.url);
/** A job during which so many workers died is given up: it may be what kills them. */
const MOST_DEATHS = 2;
/** Waiting jobs of one kind that a thread is given at once. */
const BATCH = 16;
/** Bytes of the requests that are done together: more would take a thread for long. */
const BATCH_BYTES = 65_536;
/** How long after a thread that did not even start another is tried. */
const RESTART_DELAY_MS = 1000;
const CLOSED = "the server is shutting down";

export interface PoolOptions {
  readonly workers: number;
  /** Jobs that may wait; further ones are refused. */
  readonly queueLimit: number;
  /** A worker that takes longer for a job is replaced; a job that waits longer for a worker is refused. */
  readonly timeLimitMs: number;
  /** Called when a worker has died and another takes its place. */
  readonly onReplaced?: ((reason: string) => void) | undefined;
}

export interface JobOptions {
  /** Size of the request; small ones are done together. @default large */
  readonly bytes?: number;
  /** Takes the job back while it waits. */
  readonly signal?: AbortSignal;
}

interface Job {
  readonly bytes: number;
  readonly kind: JobKind;
  readonly input: unknown;
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
  deaths: number;
  /** Ends the wait for a thread. */
  patience: ReturnType<typeof setTimeout> | undefined;
}

/** One thread and what it is at. */
interface Seat {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  /** Whether it takes jobs. */
  isReady: boolean;
  hasStarted: boolean;
  /** Number of what it was asked last. */
  asked: number;
  /** Empty when it is idle. */
  jobs: readonly Job[];
  timer: ReturnType<typeof setTimeout> | undefined;
}

/** Why a job was not done, where it is not the job's own fault. */
export class PoolError extends Error {
  constructor(
    readonly reason: "busy" | "too slow" | "died" | "closed" | "gone",
    message: string,
  ) {
    super(message);
  }
}

/** Worker threads that share one model; a thread that dies is replaced, and its job done by another. */
export class WorkerPool {
  private readonly seats = new Set<Seat>();
  private readonly queue: Job[] = [];
  private isClosed = false;

  private constructor(
    private readonly data: WorkerData,
    private readonly options: PoolOptions,
  ) {}

  /** Starts all threads. @throws what the first of them fails with */
  static async start(data: WorkerData, options: PoolOptions): Promise<WorkerPool> {
    const pool = new WorkerPool(data, options);
    const seats = Array.from({ length: options.workers }, () => pool.addSeat());
    await Promise.all(seats.map(({ ready }) => ready)).catch(async (error: unknown) => {
      await pool.close();
      throw error;
    });
    return pool;
  }

  /** Threads that can take jobs. */
  get alive(): number {
    return [...this.seats].filter(({ isReady }) => isReady).length;
  }
  /** Jobs that wait. */
  get waiting(): number {
    return this.queue.length;
  }

  /** Has a job done. @throws PoolError, and what the job itself fails with: a LinkwrightError where it has a code */
  run<Kind extends JobKind>(
    kind: Kind,
    input: JobInput<Kind>,
    { bytes = Number.POSITIVE_INFINITY, signal }: JobOptions = {},
  ): Promise<JobOutput<Kind>> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new PoolError("closed", CLOSED));
      const idle = this.idleSeat();
      if (!idle && this.queue.length >= this.options.queueLimit) {
        return reject(new PoolError("busy", `${this.queue.length} jobs are waiting already`));
      }
      const job: Job = { kind, input, bytes, resolve, reject, deaths: 0, patience: undefined };
      signal?.addEventListener("abort", () => this.forget(job), { once: true });
      if (idle) this.give(idle, [job]);
      else this.wait(job);
    });
  }

  /** Ends all threads; jobs that are not done are refused. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const job of this.queue.splice(0)) {
      clearTimeout(job.patience);
      job.reject(new PoolError("closed", CLOSED));
    }
    await Promise.all([...this.seats].map(({ worker }) => worker.terminate()));
  }

  private wait(job: Job): void {
    this.queue.push(job);
    this.losePatience(job);
  }

  /** Ends the wait of a job after the time limit. */
  private losePatience(job: Job): void {
    const { timeLimitMs } = this.options;
    clearTimeout(job.patience);
    job.patience = setTimeout(() => {
      this.unqueue(job, new PoolError("busy", `no thread was free for ${timeLimitMs / 1000} s`));
    }, timeLimitMs);
  }

  /** Nobody wants it any more. */
  private forget(job: Job): void {
    this.unqueue(job, new PoolError("gone", "the client has left"));
  }

  private unqueue(job: Job, error: PoolError): void {
    const at = this.queue.indexOf(job);
    if (at < 0) return;
    this.queue.splice(at, 1);
    clearTimeout(job.patience);
    job.reject(error);
  }

  private idleSeat(): Seat | undefined {
    for (const seat of this.seats) if (seat.isReady && seat.jobs.length === 0) return seat;
    return undefined;
  }

  private addSeat(): Seat {
    const worker = new Worker(WORKER, { workerData: this.data });
    let begin = (): void => {};
    let fail = (_error: Error): void => {};
    const ready = new Promise<void>((resolve, reject) => {
      begin = resolve;
      fail = reject;
    });
    ready.catch(() => {}); // who starts the pool is told; a replacement that fails is replaced in turn
    const seat: Seat = {
      worker,
      ready,
      isReady: false,
      hasStarted: false,
      asked: 0,
      jobs: [],
      timer: undefined,
    };
    this.seats.add(seat);
    let reason = "it ended";
    worker.on("message", (message: Message) => {
      if (message.type === "ready") {
        seat.isReady = true;
        seat.hasStarted = true;
        begin();
        return this.giveNext(seat);
      }
      if (message.request !== seat.asked) return; // of jobs that were given up
      const { jobs, timer } = seat;
      clearTimeout(timer);
      seat.jobs = [];
      answer(jobs, message.replies);
      this.giveNext(seat);
    });
    worker.on("error", (error) => {
      reason = error.message;
      fail(error);
    });
    worker.on("exit", () => {
      fail(new Error(reason));
      this.leave(seat, reason);
    });
    return seat;
  }

  private give(seat: Seat, jobs: readonly Job[]): void {
    const [first] = jobs;
    if (!first) return;
    for (const { patience } of jobs) clearTimeout(patience);
    const asked = ++seat.asked;
    seat.jobs = jobs;
    // An answer that came while this thread was busy is heard before the job is given up.
    const look = (): void => {
      if (seat.asked === asked && seat.jobs === jobs) this.giveUp(seat);
    };
    seat.timer = setTimeout(() => setImmediate(look), this.options.timeLimitMs);
    const request: Request = { request: asked, kind: first.kind, inputs: jobs.map(({ input }) => input) };
    try {
      seat.worker.postMessage(request);
    } catch (error) {
      clearTimeout(seat.timer);
      seat.jobs = [];
      for (const job of jobs) job.reject(error as Error);
      setImmediate(() => seat.isReady && seat.jobs.length === 0 && this.giveNext(seat));
    }
  }

  /** Gives a thread what waits longest, and what is like it. */
  private giveNext(seat: Seat): void {
    const [first] = this.queue;
    if (!first) return;
    let count = 1;
    let bytes = first.bytes;
    const canJoin = (job: Job): boolean => job.kind === first.kind && !isSuspect(job) && !isSuspect(first);
    for (const job of this.queue.slice(1, BATCH)) {
      bytes += job.bytes;
      if (!canJoin(job) || bytes > BATCH_BYTES) break;
      count++;
    }
    this.give(seat, this.queue.splice(0, count));
  }

  /** Too slow: the thread can't be stopped otherwise. Of several jobs, which are done again, one is at fault. */
  private giveUp(seat: Seat): void {
    const [job, ...others] = seat.jobs;
    seat.isReady = false;
    seat.asked++;
    if (job && others.length === 0) {
      seat.jobs = [];
      job.reject(new PoolError("too slow", `not done in ${this.options.timeLimitMs / 1000} s`));
    }
    void seat.worker.terminate();
  }

  /** A thread is gone. */
  private leave(seat: Seat, reason: string): void {
    clearTimeout(seat.timer);
    this.seats.delete(seat);
    if (this.isClosed) {
      for (const job of seat.jobs) job.reject(new PoolError("closed", CLOSED));
      return;
    }
    if (seat.hasStarted) {
      this.options.onReplaced?.(reason);
      this.addSeat();
    } else {
      setTimeout(() => this.isClosed || this.addSeat(), RESTART_DELAY_MS).unref();
    }
    this.takeBack(seat.jobs);
  }

  /** Has jobs done again whose thread died, one by one, unless one may be what killed it. */
  private takeBack(jobs: readonly Job[]): void {
    for (const job of jobs) job.deaths++;
    const [dead, alive] = [jobs.filter(isDeadly), jobs.filter((job) => !isDeadly(job))];
    for (const job of dead) job.reject(new PoolError("died", `${job.deaths} workers died of it`));
    this.queue.unshift(...alive);
    for (const job of alive) this.losePatience(job);
    for (let idle = this.idleSeat(); idle && this.queue.length > 0; idle = this.idleSeat())
      this.giveNext(idle);
  }
}

function answer(jobs: readonly Job[], replies: readonly Reply[]): void {
  jobs.forEach((job, i) => {
    const reply = replies[i] as Reply;
    if ("output" in reply) job.resolve(reply.output as never);
    else job.reject(errorOf(reply));
  });
}

const isSuspect = ({ deaths }: Job): boolean => deaths > 0;
const isDeadly = ({ deaths }: Job): boolean => deaths >= MOST_DEATHS;

function errorOf({ code, message }: Exclude<Reply, { output: unknown }>): Error {
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}
