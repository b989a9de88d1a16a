import { linkwrightError } from "../errors.js";
import { pickRows, withCapacity } from "./columns.js";
import { type QuantizedRows, restoreRow, restoreRows } from "./quantized-rows.js";
import type { StringTable } from "./string-table.js";

/** The vectors of entities; row `i` is entity `i`'s. */
export interface VectorColumns {
  readonly vectorLength: number;
  /** Row by row; absent while no entity has a vector that was given. // [entities, vectorLength] */
  readonly vectors: Float32Array | undefined;
  /** In place of `vectors`: those that a model made, each entity's some rows side by side. // [entities, vectorLength] */
  readonly quantized: QuantizedRows | undefined;
}

/** The vectors of a table's entities: none at all, those that were given, or those that a model made. */
export class VectorTable {
  private given: Float32Array | undefined;
  private made: QuantizedRows | undefined;
  /** Whether `given` is this table's own, and not a file's or a caller's. */
  private isOwn = false;
  private width: number;

  /** @param ids of the entities, as many as there are at any time @throws L209 a length that is none */
  constructor(
    private readonly ids: StringTable,
    { vectorLength, vectors, quantized }: VectorColumns,
  ) {
    checkLength(vectorLength);
    this.width = vectorLength;
    this.given = vectors;
    this.made = quantized;
  }

  /** Numbers of a vector. */
  get length(): number {
    return this.width;
  }

  /** // [entities, length] */
  get values(): Float32Array | undefined {
    return this.given?.subarray(0, this.ids.size * this.width);
  }

  get quantized(): QuantizedRows | undefined {
    return this.made;
  }

  /** The vector of a row, a copy; zeros when it has none. // [length] */
  at(row: number): Float32Array {
    const { width, made } = this;
    if (made) return restoredVector(made, row, width);
    return this.given?.slice(row * width, (row + 1) * width) ?? new Float32Array(width);
  }

  /** @throws L203 bad number, E141 wrong length */
  check(entity: string, vector: ArrayLike<number>): void {
    if (vector.length !== this.width) {
      throw linkwrightError("E141", { found: vector.length, expected: this.width });
    }
    for (let index = 0; index < vector.length; index++) {
      const found = vector[index] as number;
      if (!Number.isFinite(Math.fround(found))) throw linkwrightError("L203", { entity, index, found });
    }
  }

  /** The vector of the entity that was added last. @param vector one that was checked, if it has one */
  add(vector: ArrayLike<number> | undefined): void {
    if (vector) this.set(this.ids.size - 1, vector);
    else if (this.given || this.made) this.own();
  }

  /** @param vector one that was checked */
  set(row: number, vector: ArrayLike<number>): void {
    this.own().set(vector, row * this.width);
  }

  drop(): void {
    this.given = undefined;
    this.made = undefined;
  }

  /**
   * Replaces the vectors of all entities, and their length with them; takes the array as it is.
   * @throws E141 not one row an entity, L203 a number is not finite, L209
   */
  replace(vectors: Float32Array, length: number): void {
    this.checkSize(vectors.length, length);
    const bad = notFinite(vectors);
    if (bad >= 0) this.refuse(bad, length, vectors[bad] as number);
    this.drop();
    this.given = vectors;
    this.isOwn = false;
    this.width = length;
  }

  /** As `replace`, with vectors that were rounded. @throws E141, L203, L209 */
  replaceQuantized(rows: QuantizedRows, length: number): void {
    this.checkSize(rows.codes.length, length);
    const bad = notFinite(rows.scales);
    if (bad >= 0) this.refuse(bad * rows.width, length, rows.scales[bad] as number);
    this.drop();
    this.made = rows;
    this.width = length;
  }

  /** Those of some rows, in the order that `rows` names them. // [rows, length] */
  pick(rows: Int32Array): Float32Array | undefined {
    const values = this.made ? this.own() : this.given;
    return values && rows.length > 0 ? pickRows(values, rows, this.width) : undefined;
  }

  /** The vectors to write to, zeros where there were none. // at least [entities, length] */
  private own(): Float32Array {
    const values = (this.made && restoreRows(this.made)) ?? this.given;
    const roomy = withCapacity(values ?? new Float32Array(0), this.ids.size * this.width);
    const own = roomy === this.given && !this.isOwn ? roomy.slice() : roomy;
    this.given = own;
    this.made = undefined;
    this.isOwn = true;
    return own;
  }

  private checkSize(found: number, length: number): void {
    checkLength(length);
    const { size } = this.ids;
    if (found !== size * length) throw linkwrightError("E141", { found: found / size, expected: length });
  }

  /** @param at place among the numbers of all vectors */
  private refuse(at: number, length: number, found: number): never {
    const entity = this.ids.at(Math.floor(at / length));
    throw linkwrightError("L203", { entity, index: at % length, found });
  }
}

/** An entity's vector of quantised rows that stand side by side. */
function restoredVector(rows: QuantizedRows, entity: number, length: number): Float32Array {
  const vector = new Float32Array(length);
  for (let at = 0; at < length; at += rows.width) {
    restoreRow(rows, (entity * length + at) / rows.width, vector, at);
  }
  return vector;
}

/** Place of the first number that is none, or -1: a loop, as there are tens of millions. */
function notFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (!Number.isFinite(values[i])) return i;
  return -1;
}

function checkLength(found: number): void {
  if (!(Number.isInteger(found) && found >= 0)) throw linkwrightError("L209", { found });
}
