import { linkwrightError } from "../errors.js";
import { NIL } from "../text/doc.js";
import { Column, withCapacity } from "./columns.js";
import { StringColumn } from "./string-column.js";
import { StringTable } from "./string-table.js";

export interface EntityOptions {
  /** How often the entity is meant at all, in any unit; 0 or more. @default 0 */
  readonly freq?: number | undefined;
  /** The entity's encoded description. // [entityVectorLength] @default zeros */
  readonly vector?: ArrayLike<number> | undefined;
  /** @default "" */
  readonly name?: string | undefined;
  /** @default "" */
  readonly description?: string | undefined;
  /** Such as "PERSON". @default "" */
  readonly type?: string | undefined;
}

/** The columns of all entities; row `i` of each is entity `i`. */
export interface EntityColumns {
  readonly ids: StringTable;
  readonly names: StringColumn;
  readonly descriptions: StringColumn;
  /** The different types, in order of appearance. */
  readonly types: readonly string[];
  /** Index into `types`. // [entities] */
  readonly typeCodes: Uint16Array;
  readonly freqs: Float32Array;
  readonly vectorLength: number;
  /** Row by row; absent while no entity has a vector. // [entities, vectorLength] */
  readonly vectors: Float32Array | undefined;
}

const MOST_TYPES = 2 ** 16;

/** The entities of a knowledge base, in columns. */
export class EntityTable {
  readonly ids: StringTable;
  readonly names: StringColumn;
  readonly descriptions: StringColumn;
  readonly types: string[];
  private readonly typeRows: Map<string, number>;
  private readonly typeCodes: Column<Uint16Array>;
  private readonly freqs: Column<Float32Array>;
  private vectorValues: Float32Array | undefined;
  private length: number;

  constructor(columns: EntityColumns) {
    this.ids = columns.ids;
    this.names = columns.names;
    this.descriptions = columns.descriptions;
    this.types = [...columns.types];
    this.typeRows = new Map(columns.types.map((type, code) => [type, code]));
    this.typeCodes = new Column(columns.typeCodes);
    this.freqs = new Column(columns.freqs);
    this.vectorValues = columns.vectors;
    this.length = columns.vectorLength;
  }

  static empty(vectorLength: number): EntityTable {
    return new EntityTable({
      ids: new StringTable(),
      names: new StringColumn(),
      descriptions: new StringColumn(),
      types: [],
      typeCodes: new Uint16Array(0),
      freqs: new Float32Array(0),
      vectorLength,
      vectors: undefined,
    });
  }

  get size(): number {
    return this.ids.size;
  }

  get vectorLength(): number {
    return this.length;
  }

  /** Index into `types`. // [entities] */
  get type(): Uint16Array {
    return this.typeCodes.values;
  }

  get freq(): Float32Array {
    return this.freqs.values;
  }

  /** // [entities, vectorLength] */
  get vectors(): Float32Array | undefined {
    return this.vectorValues?.subarray(0, this.size * this.length);
  }

  /**
   * Adds an entity that is not there yet, and returns its row.
   * @throws L202 bad id, L203 bad number in the vector, L204 bad freq, L207 too many types, E141 wrong vector length
   */
  add(id: string, { freq = 0, vector, name = "", description = "", type = "" }: EntityOptions): number {
    if (typeof id !== "string" || id === "" || id === NIL) throw linkwrightError("L202", { id: String(id) });
    if (!(freq >= 0 && Number.isFinite(Math.fround(freq))))
      throw linkwrightError("L204", { entity: id, freq });
    if (vector) checkVector(id, vector, this.length);
    const typeCode = this.typeCode(type);
    const row = this.ids.add(id);
    this.names.push(name);
    this.descriptions.push(description);
    this.typeCodes.push(typeCode);
    this.freqs.push(freq);
    this.addVector(row, vector);
    return row;
  }

  /**
   * Replaces the vectors of all entities, and their length with them; takes the array as it is.
   * @throws E141 not one row an entity, L203 a number is not finite
   */
  dropVectors(): void {
    this.vectorValues = undefined;
  }

  setVectors(vectors: Float32Array, vectorLength: number): void {
    if (vectors.length !== this.size * vectorLength) {
      throw linkwrightError("E141", { found: vectors.length / this.size, expected: vectorLength });
    }
    for (let i = 0; i < vectors.length; i++) {
      if (!Number.isFinite(vectors[i])) {
        const row = Math.floor(i / vectorLength);
        throw linkwrightError("L203", {
          entity: this.ids.at(row),
          index: i % vectorLength,
          found: vectors[i] as number,
        });
      }
    }
    this.vectorValues = vectors;
    this.length = vectorLength;
  }

  /** The vector of a row, a copy; zeros when it has none. // [vectorLength] */
  vector(row: number): Float32Array {
    const { length } = this;
    return this.vectorValues?.slice(row * length, (row + 1) * length) ?? new Float32Array(length);
  }

  toColumns(): EntityColumns {
    const { ids, names, descriptions, types, type, freq, vectors, length } = this;
    return { ids, names, descriptions, types, typeCodes: type, freqs: freq, vectors, vectorLength: length };
  }

  private typeCode(type: string): number {
    const known = this.typeRows.get(type);
    if (known !== undefined) return known;
    const code = this.types.length;
    if (code === MOST_TYPES) throw linkwrightError("L207", { type, limit: MOST_TYPES });
    this.types.push(type);
    this.typeRows.set(type, code);
    return code;
  }

  private addVector(row: number, vector: ArrayLike<number> | undefined): void {
    if (!vector && !this.vectorValues) return;
    const start = row * this.length;
    this.vectorValues = withCapacity(this.vectorValues ?? new Float32Array(0), start + this.length);
    if (vector) this.vectorValues.set(vector, start);
  }
}

function checkVector(entity: string, vector: ArrayLike<number>, expected: number): void {
  if (vector.length !== expected) throw linkwrightError("E141", { found: vector.length, expected });
  for (let index = 0; index < expected; index++) {
    if (!Number.isFinite(Math.fround(vector[index] as number))) {
      throw linkwrightError("L203", { entity, index, found: vector[index] as number });
    }
  }
}
