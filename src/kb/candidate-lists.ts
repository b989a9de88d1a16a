import { withCapacity } from "./columns.js";

/** Candidates of all aliases, those of an alias beside each other. */
export interface CandidateColumns {
  /** Where each alias's candidates begin. // [aliases + 1] */
  readonly offsets: Int32Array;
  /** Entity rows. // [candidates] */
  readonly entities: Int32Array;
  /** P(entity | alias). // [candidates] */
  readonly priors: Float32Array;
}

/** The candidates of each alias. A list that is appended to moves behind the others; `toColumns` closes the gaps. */
export class CandidateLists {
  size = 0;
  /** Entity rows, and free room behind. */
  entities: Int32Array = new Int32Array(0);
  /** Priors of `entities`. */
  priors: Float32Array = new Float32Array(0);
  private starts: Int32Array = new Int32Array(0);
  private ends: Int32Array = new Int32Array(0);
  /** `entities` and `priors` are in use up to here. */
  private used = 0;
  /** Whether a list was moved, so that there are gaps, and rows out of order. */
  private moved = false;
  /** Whether the arrays are a file's bytes, which stay as they are. */
  private borrowed = false;

  start(row: number): number {
    return this.starts[row] as number;
  }

  end(row: number): number {
    return this.ends[row] as number;
  }

  /** Adds a list and returns its row. */
  push(entities: ArrayLike<number>, priors: ArrayLike<number>): number {
    this.own();
    const row = this.size++;
    this.starts = withCapacity(this.starts, this.size);
    this.ends = withCapacity(this.ends, this.size);
    this.starts[row] = this.used;
    for (let i = 0; i < entities.length; i++) this.write(entities[i] as number, priors[i] as number);
    this.ends[row] = this.used;
    return row;
  }

  append(row: number, entity: number, prior: number): void {
    this.own();
    const start = this.start(row);
    const end = this.end(row);
    if (end !== this.used) {
      this.starts[row] = this.used;
      for (let i = start; i < end; i++) this.write(this.entities[i] as number, this.priors[i] as number);
      this.moved = true;
    }
    this.write(entity, prior);
    this.ends[row] = this.used;
  }

  /** The lists in the order of their rows, without gaps and free room. */
  toColumns(): CandidateColumns {
    if (this.moved) this.compact();
    const offsets = new Int32Array(this.size + 1);
    offsets.set(this.ends.subarray(0, this.size), 1);
    return {
      offsets,
      entities: this.entities.subarray(0, this.used),
      priors: this.priors.subarray(0, this.used),
    };
  }

  /** Takes the arrays as they are; a change copies them. */
  static fromColumns({ offsets, entities, priors }: CandidateColumns): CandidateLists {
    const lists = new CandidateLists();
    lists.size = offsets.length - 1;
    lists.starts = offsets.subarray(0, lists.size);
    lists.ends = offsets.subarray(1);
    lists.entities = entities;
    lists.priors = priors;
    lists.used = entities.length;
    lists.borrowed = true;
    return lists;
  }

  private own(): void {
    if (!this.borrowed) return;
    this.borrowed = false;
    this.starts = this.starts.slice();
    this.ends = this.ends.slice();
  }

  private compact(): void {
    const { starts, ends, entities, priors } = this;
    this.entities = new Int32Array(this.used);
    this.priors = new Float32Array(this.used);
    this.used = 0;
    for (let row = 0; row < this.size; row++) {
      const start = starts[row] as number;
      const end = ends[row] as number;
      starts[row] = this.used;
      for (let i = start; i < end; i++) this.write(entities[i] as number, priors[i] as number);
      ends[row] = this.used;
    }
    this.moved = false;
  }

  private write(entity: number, prior: number): void {
    this.entities = withCapacity(this.entities, this.used + 1);
    this.priors = withCapacity(this.priors, this.used + 1);
    this.entities[this.used] = entity;
    this.priors[this.used++] = prior;
  }
}
