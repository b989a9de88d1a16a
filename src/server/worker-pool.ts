import { Worker } from "node:worker_threads";
import { fromPlainError } from "../thread-error.js";
import { type Job, JobQueue } from "./job-queue.js";
import type { JobInput, JobKind, JobOutput } from "./jobs/jobs.js";
import type { Message, Reply, Request, WorkerData } from "./worker-data.js";

const WORKER = new URL("./worker.js", import.meta.url);
/** A job during which so many workers died is given up: it may be what kills them. */
const MOST_DEATHS = 2;
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
  /** Is given what takes the job back while it waits, to be called when nobody wants it any more. */
  readonly whenGone?: (takeBack: () => void) => void;
}

/** One thread and what it is at. */
interface Seat {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  /** Whether it takes jobs, and its answers count: from its start until it is given up. */
  isReady: boolean;
  hasStarted: boolean;
  /** Empty when it is idle. */
  jobs: readonly Job[];
  timer: ReturnType<typeof setTimeout> | undefined;
  /** Why it ended, once it has. */
  reason: string;
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
  private readonly queue = new JobQueue((job) => {
    job.reject(new PoolError("busy", `no thread was free for ${this.seconds}`));
  });
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
  private get seconds(): string {
    return `${this.options.timeLimitMs / 1000} s`;
  }

  /** Has a job done. @throws PoolError, and what the job itself fails with: a LinkwrightError where it has a code */
  run<Kind extends JobKind>(
    kind: Kind,
    input: JobInput<Kind>,
    { bytes = Number.POSITIVE_INFINITY, whenGone }: JobOptions = {},
  ): Promise<JobOutput<Kind>> {
    return new Promise((resolve, reject) => {
      if (this.isClosed) return reject(new PoolError("closed", CLOSED));
      const idle = this.idleSeat();
      if (!idle && this.queue.length >= this.options.queueLimit) {
        return reject(new PoolError("busy", `${this.queue.length} jobs are waiting already`));
      }
      const patience = this.options.timeLimitMs;
      const job: Job = { kind, input, bytes, resolve, reject, deaths: 0, patience };
      whenGone?.(() => {
        if (this.queue.remove(job)) reject(new PoolError("gone", "the client has left"));
      });
      if (idle) this.give(idle, [job]);
      else this.queue.add(job);
    });
  }

  /** Ends all threads; jobs that are not done are refused. */
  async close(): Promise<void> {
    this.isClosed = true;
    for (const job of this.queue.clear()) job.reject(new PoolError("closed", CLOSED));
    await Promise.all([...this.seats].map(({ worker }) => worker.terminate()));
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
      jobs: [],
      timer: undefined,
      reason: "it ended",
    };
    const failed = (error: Error): void => {
      seat.reason = error.message;
      fail(error);
    };
    this.seats.add(seat);
    worker.on("message", (message: Message) => {
      if (message.type === "ready") {
        seat.isReady = true;
        seat.hasStarted = true;
        begin();
        this.giveNext(seat);
      } else if (message.type === "failed") failed(fromPlainError(message.error));
      else this.hear(seat, message.replies);
    });
    worker.on("error", failed);
    worker.on("exit", () => {
      fail(new Error(seat.reason));
      this.leave(seat);
    });
    return seat;
  }

  private give(seat: Seat, jobs: readonly Job[]): void {
    const [first] = jobs;
    if (!first) return;
    seat.jobs = jobs;
    // An answer that came while this thread was busy is heard before the job is given up.
    const look = (): void => {
      if (seat.jobs === jobs) this.giveUp(seat);
    };
    seat.timer = setTimeout(() => setImmediate(look), this.options.timeLimitMs);
    const request: Request = { kind: first.kind, inputs: jobs.map(({ input }) => input) };
    try {
      seat.worker.postMessage(request);
    } catch (error) {
      clearTimeout(seat.timer);
      seat.jobs = [];
      for (const job of jobs) job.reject(error as Error);
      setImmediate(() => seat.isReady && seat.jobs.length === 0 && this.giveNext(seat));
    }
  }

  private giveNext(seat: Seat): void {
    this.give(seat, this.queue.take());
  }

  /** The answer of a thread; one that comes after it was given up belongs to nobody, and the thread takes nothing more. */
  private hear(seat: Seat, replies: readonly Reply[]): void {
    if (!seat.isReady) return;
    const { jobs } = seat;
    clearTimeout(seat.timer);
    seat.jobs = [];
    answer(jobs, replies);
    this.giveNext(seat);
  }

  /** Too slow: the thread can't be stopped otherwise. Of several jobs, which are done again, one is at fault. */
  private giveUp(seat: Seat): void {
    const [job, ...others] = seat.jobs;
    seat.isReady = false;
    seat.reason = `it took longer than ${this.seconds}`;
    if (job && others.length === 0) {
      seat.jobs = [];
      job.reject(new PoolError("too slow", `not done in ${this.seconds}`));
    }
    void seat.worker.terminate();
  }

  /** A thread is gone. */
  private leave(seat: Seat): void {
    const { jobs } = seat;
    clearTimeout(seat.timer);
    seat.jobs = [];
    this.seats.delete(seat);
    if (this.isClosed) {
      for (const job of jobs) job.reject(new PoolError("closed", CLOSED));
      return;
    }
    if (seat.hasStarted) {
      this.options.onReplaced?.(seat.reason);
      this.addSeat();
    } else {
      setTimeout(() => this.isClosed || this.addSeat(), RESTART_DELAY_MS).unref();
    }
    this.takeBack(jobs);
  }

  /** Has jobs done again whose thread died, one by one, unless one may be what killed it. */
  private takeBack(jobs: readonly Job[]): void {
    for (const job of jobs) job.deaths++;
    const [dead, alive] = [jobs.filter(isDeadly), jobs.filter((job) => !isDeadly(job))];
    for (const job of dead) job.reject(new PoolError("died", `${job.deaths} workers died of it`));
    this.queue.putBack(alive);
    for (let idle = this.idleSeat(); idle && this.queue.length > 0; idle = this.idleSeat())
      this.giveNext(idle);
  }
}

function answer(jobs: readonly Job[], replies: readonly Reply[]): void {
  jobs.forEach((job, i) => {
    const reply = replies[i] as Reply;
    if ("output" in reply) job.resolve(reply.output as never);
    else job.reject(fromPlainError(reply.error));
  });
}

const isDeadly = ({ deaths }: Job): boolean => deaths >= MOST_DEATHS;
