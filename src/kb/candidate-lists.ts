import { Column } from "./columns.js";

/** Candidates of all aliases, those of an alias beside each other. */
export interface CandidateColumns {
  /** Where each alias's candidates begin. // [aliases + 1] */
  readonly offsets: Int32Array;
  /** Entity rows. // [candidates] */
  readonly entities: Int32Array;
  /** P(entity | alias). // [candidates] */
  readonly priors: Float32Array;
}

/** The candidates of each alias. A list that is changed moves behind the others; `toColumns` closes the gap. */
export class CandidateLists {
  private entityColumn = new Column<Int32Array>(new Int32Array(0));
  private priorColumn = new Column<Float32Array>(new Float32Array(0));
  private starts = new Column<Int32Array>(new Int32Array(0));
  private ends = new Column<Int32Array>(new Int32Array(0));
  /** Whether a list was moved, so that there are gaps, and rows out of order. */
  private moved = false;

  get size(): number {
    return this.starts.size;
  }

  /** Entity rows of all lists, and of gaps between them. */
  get entities(): Int32Array {
    return this.entityColumn.values;
  }

  /** P(entity | alias) of `entities`. */
  get priors(): Float32Array {
    return this.priorColumn.values;
  }

  start(row: number): number {
    return this.starts.values[row] as number;
  }

  end(row: number): number {
    return this.ends.values[row] as number;
  }

  /** Adds a list and returns its row. */
  push(entities: ArrayLike<number>, priors: ArrayLike<number>): number {
    this.starts.push(this.entityColumn.size);
    for (let i = 0; i < entities.length; i++) this.write(entities[i] as number, priors[i] as number);
    this.ends.push(this.entityColumn.size);
    return this.size - 1;
  }

  append(row: number, entity: number, prior: number): void {
    const { entities, priors } = this;
    const start = this.start(row);
    const end = this.end(row);
    if (end !== entities.length) {
      this.starts.set(row, entities.length);
      for (let i = start; i < end; i++) this.write(entities[i] as number, priors[i] as number);
      this.moved = true;
    }
    // Rows behind, even empty ones, then begin before this one ends.
    if (row !== this.size - 1) this.moved = true;
    this.write(entity, prior);
    this.ends.set(row, this.entityColumn.size);
  }

  /** Puts another list in the place of one. */
  set(row: number, entities: ArrayLike<number>, priors: ArrayLike<number>): void {
    this.starts.set(row, this.entityColumn.size);
    for (let i = 0; i < entities.length; i++) this.write(entities[i] as number, priors[i] as number);
    this.ends.set(row, this.entityColumn.size);
    this.moved = true;
  }

  /** The lists in the order of their rows, without gaps. */
  toColumns(): CandidateColumns {
    if (this.moved) this.compact();
    const offsets = new Int32Array(this.size + 1);
    offsets.set(this.ends.values, 1);
    return { offsets, entities: this.entities, priors: this.priors };
  }

  /** Takes the arrays as they are; a change copies them. */
  static fromColumns({ offsets, entities, priors }: CandidateColumns): CandidateLists {
    const lists = new CandidateLists();
    lists.starts = new Column<Int32Array>(offsets.subarray(0, -1));
    lists.ends = new Column<Int32Array>(offsets.subarray(1));
    lists.entityColumn = new Column<Int32Array>(entities);
    lists.priorColumn = new Column<Float32Array>(priors);
    return lists;
  }

  private compact(): void {
    const ordered = new CandidateLists();
    for (let row = 0; row < this.size; row++) {
      const [start, end] = [this.start(row), this.end(row)];
      ordered.push(this.entities.subarray(start, end), this.priors.subarray(start, end));
    }
    this.starts = ordered.starts;
    this.ends = ordered.ends;
    this.entityColumn = ordered.entityColumn;
    this.priorColumn = ordered.priorColumn;
    this.moved = false;
  }

  private write(entity: number, prior: number): void {
    this.entityColumn.push(entity);
    this.priorColumn.push(prior);
  }
}
