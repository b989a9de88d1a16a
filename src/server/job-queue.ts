import type { JobKind } from "./jobs/jobs.js";

/** Waiting jobs of one kind that a thread is given at once. */
const BATCH = 16;
/** Bytes of the requests that are done together: more would take a thread for long. */
const BATCH_BYTES = 65_536;

/** Something that a thread is to do. */
export interface Job {
  readonly kind: JobKind;
  readonly input: unknown;
  /** Size of the request. */
  readonly bytes: number;
  readonly resolve: (output: never) => void;
  readonly reject: (error: Error) => void;
  /** Threads that died while they were at it. */
  deaths: number;
  /** Milliseconds for which it may still wait: all its waits together. */
  patience: number;
}

interface Waiting {
  readonly job: Job;
  readonly since: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

/** Jobs that wait for a thread. */
export class JobQueue {
  private waiting: Waiting[] = [];

  /**
   * @param onImpatient called with a job that has waited as long as it may, and waits no more
   * @param now milliseconds; tests replace it
   */
  constructor(
    private readonly onImpatient: (job: Job) => void,
    private readonly now: () => number = () => performance.now(),
  ) {}

  get length(): number {
    return this.waiting.length;
  }

  add(job: Job): void {
    this.waiting.push(this.wait(job));
  }

  /** Jobs that a thread had already come first. */
  putBack(jobs: readonly Job[]): void {
    this.waiting.unshift(...jobs.map((job) => this.wait(job)));
  }

  /** What waits longest, and what is like it; one that may have killed a thread is alone. */
  take(): Job[] {
    const [first] = this.waiting;
    if (!first) return [];
    const { kind } = first.job;
    let count = 0;
    let bytes = 0;
    for (const { job } of this.waiting.slice(0, isSuspect(first.job) ? 1 : BATCH)) {
      bytes += job.bytes;
      const joins = job.kind === kind && !isSuspect(job) && bytes <= BATCH_BYTES;
      if (count > 0 && !joins) break;
      count++;
    }
    return this.leave(this.waiting.splice(0, count));
  }

  /** Takes a job out; false where it does not wait. */
  remove(job: Job): boolean {
    const at = this.waiting.findIndex((one) => one.job === job);
    if (at < 0) return false;
    this.leave(this.waiting.splice(at, 1));
    return true;
  }

  /** Takes all out. */
  clear(): Job[] {
    return this.leave(this.waiting.splice(0));
  }

  private wait(job: Job): Waiting {
    const timer = setTimeout(() => this.remove(job) && this.onImpatient(job), job.patience);
    return { job, since: this.now(), timer };
  }

  private leave(gone: readonly Waiting[]): Job[] {
    return gone.map(({ job, since, timer }) => {
      clearTimeout(timer);
      job.patience = Math.max(0, job.patience - (this.now() - since));
      return job;
    });
  }
}

const isSuspect = ({ deaths }: Job): boolean => deaths > 0;
