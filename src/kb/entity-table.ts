import { linkwrightError } from "../errors.js";
import { NIL } from "../text/doc.js";
import type { EntityTexts } from "./candidate.js";
import { Column, pickRows, withCapacity } from "./columns.js";
import { type QuantizedRows, restoreRow, restoreRows } from "./quantized-rows.js";
import { StringColumn, type TextColumn, writable } from "./string-column.js";
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
  readonly names: TextColumn;
  readonly descriptions: TextColumn;
  /** The different types, in order of appearance. */
  readonly types: readonly string[];
  /** Index into `types`. // [entities] */
  readonly typeCodes: Uint16Array;
  readonly freqs: Float32Array;
  readonly vectorLength: number;
  /** Row by row; absent while no entity has a vector that was given. // [entities, vectorLength] */
  readonly vectors: Float32Array | undefined;
  /** In place of `vectors`: those that a model made, each entity's some rows side by side. // [entities, vectorLength] */
  readonly quantized: QuantizedRows | undefined;
}

const MOST_TYPES = 2 ** 16;

/** The entities of a knowledge base, in columns. */
export class EntityTable {
  readonly ids: StringTable;
  private nameColumn: TextColumn;
  private descriptionColumn: TextColumn;
  private typeNames: string[];
  private typeRows: Map<string, number>;
  private typeCodes: Column<Uint16Array>;
  private readonly freqs: Column<Float32Array>;
  private vectorValues: Float32Array | undefined;
  private quantizedRows: QuantizedRows | undefined;
  /** Whether `vectorValues` is this table's own, and not a file's or a caller's. */
  private ownsVectors = false;
  private length: number;

  constructor(columns: EntityColumns) {
    this.ids = columns.ids;
    this.nameColumn = columns.names;
    this.descriptionColumn = columns.descriptions;
    this.typeNames = [...columns.types];
    this.typeRows = new Map(columns.types.map((type, code) => [type, code]));
    this.typeCodes = new Column(columns.typeCodes);
    this.freqs = new Column(columns.freqs);
    this.vectorValues = columns.vectors;
    this.quantizedRows = columns.quantized;
    this.length = columns.vectorLength;
  }

  /** @throws L209 a length that is none */
  static empty(vectorLength: number): EntityTable {
    checkVectorLength(vectorLength);
    return new EntityTable({
      ids: new StringTable(),
      names: new StringColumn(),
      descriptions: new StringColumn(),
      types: [],
      typeCodes: new Uint16Array(0),
      freqs: new Float32Array(0),
      vectorLength,
      vectors: undefined,
      quantized: undefined,
    });
  }

  get size(): number {
    return this.ids.size;
  }

  get names(): TextColumn {
    return this.nameColumn;
  }

  get descriptions(): TextColumn {
    return this.descriptionColumn;
  }

  get vectorLength(): number {
    return this.length;
  }

  /** The different types, in order of appearance. */
  get types(): readonly string[] {
    return this.typeNames;
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

  /** The vectors where a model made them. */
  get quantized(): QuantizedRows | undefined {
    return this.quantizedRows;
  }

  /**
   * Adds an entity and returns its row, or undefined when its id is there already.
   * @throws L202 bad id, L203 bad number in the vector, L204 bad freq, L207 too many types, E141 wrong vector length
   */
  add(
    id: string,
    { freq = 0, vector, name = "", description = "", type = "" }: EntityOptions,
  ): number | undefined {
    if (typeof id !== "string" || id === "" || id === NIL) throw linkwrightError("L202", { id: String(id) });
    if (this.ids.get(id) >= 0) return undefined;
    if (vector) checkVector(id, vector, this.length);
    checkFreq(id, freq);
    const [names, descriptions] = [this.ownNames(), this.ownDescriptions()];
    const typeCode = this.typeCode(type);
    const row = this.ids.add(id);
    names.push(name);
    descriptions.push(description);
    this.typeCodes.push(typeCode);
    this.freqs.push(freq);
    if (vector || this.vectorValues || this.quantizedRows)
      this.ownVectors().set(vector ?? [], row * this.length);
    return row;
  }

  /**
   * Changes what is given of an entity, and returns its row.
   * @throws L208 unknown id, L203, L204, L207, L230, E141; nothing is changed then
   */
  update(id: string, { freq, vector, name, description, type }: EntityOptions): number {
    const row = this.ids.get(id);
    if (row < 0) throw linkwrightError("L208", { entity: id });
    if (vector) checkVector(id, vector, this.length);
    if (freq !== undefined) checkFreq(id, freq);
    const names = name === undefined ? undefined : this.ownNames();
    const descriptions = description === undefined ? undefined : this.ownDescriptions();
    if (type !== undefined) this.typeCodes.set(row, this.typeCode(type));
    if (type !== undefined) this.dropUnusedTypes();
    if (freq !== undefined) this.freqs.set(row, freq);
    if (name !== undefined) names?.set(row, name);
    if (description !== undefined) descriptions?.set(row, description);
    if (vector) this.ownVectors().set(vector, row * this.length);
    return row;
  }

  /** Name, description and type of an id, empty for an unknown one. */
  texts(id: string): Partial<EntityTexts> {
    const row = this.ids.get(id);
    return row < 0 ? {} : this.textsAt(row);
  }

  textsAt(row: number): EntityTexts {
    const type = this.types[this.type[row] as number] as string;
    return { name: this.names.at(row), description: this.descriptions.at(row), type };
  }

  /** A new table of some entities, in the order that `rows` names them, as if they alone had been added. */
  pick(rows: Int32Array): EntityTable {
    if (this.quantizedRows) this.ownVectors();
    const picked = new EntityTable({
      ids: this.ids.pick(rows),
      names: this.ownNames().pick(rows),
      descriptions: this.ownDescriptions().pick(rows),
      types: this.types,
      typeCodes: pickRows(this.type, rows),
      freqs: pickRows(this.freq, rows),
      vectorLength: this.length,
      vectors: this.vectors && rows.length > 0 ? pickRows(this.vectors, rows, this.length) : undefined,
      quantized: undefined,
    });
    picked.dropUnusedTypes();
    return picked;
  }

  dropVectors(): void {
    this.vectorValues = undefined;
    this.quantizedRows = undefined;
  }

  /**
   * Replaces the vectors of all entities, and their length with them; takes the array as it is.
   * @throws E141 not one row an entity, L203 a number is not finite, L209
   */
  setVectors(vectors: Float32Array, vectorLength: number): void {
    checkVectorLength(vectorLength);
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
    this.quantizedRows = undefined;
    this.ownsVectors = false;
    this.length = vectorLength;
  }

  /** As `setVectors`, with vectors that were rounded. @throws E141, L203, L209 */
  setQuantized(rows: QuantizedRows, vectorLength: number): void {
    checkVectorLength(vectorLength);
    if (rows.codes.length !== this.size * vectorLength) {
      throw linkwrightError("E141", { found: rows.codes.length / this.size, expected: vectorLength });
    }
    const bad = rows.scales.findIndex((scale) => !Number.isFinite(scale));
    if (bad >= 0) {
      const [entity, index] = [
        Math.floor((bad * rows.width) / vectorLength),
        (bad * rows.width) % vectorLength,
      ];
      throw linkwrightError("L203", {
        entity: this.ids.at(entity),
        index,
        found: rows.scales[bad] as number,
      });
    }
    this.vectorValues = undefined;
    this.quantizedRows = rows;
    this.length = vectorLength;
  }

  /** The vector of a row, a copy; zeros when it has none. // [vectorLength] */
  vector(row: number): Float32Array {
    const { length, quantizedRows } = this;
    if (quantizedRows) return restoredVector(quantizedRows, row, length);
    return this.vectorValues?.slice(row * length, (row + 1) * length) ?? new Float32Array(length);
  }

  toColumns(): EntityColumns {
    const { ids, names, descriptions, types, type, freq, vectors, quantized, length } = this;
    const texts = { names, descriptions };
    return { ids, ...texts, types, typeCodes: type, freqs: freq, vectors, quantized, vectorLength: length };
  }

  private typeCode(type: string): number {
    const known = this.typeRows.get(type);
    if (known !== undefined) return known;
    const code = this.types.length;
    if (code === MOST_TYPES) throw linkwrightError("L207", { type, limit: MOST_TYPES });
    this.typeNames.push(type);
    this.typeRows.set(type, code);
    return code;
  }

  /** Numbers the types anew, those that entities have, in order of appearance. */
  private dropUnusedTypes(): void {
    const names = this.types;
    const codes = this.type;
    this.typeNames = [];
    this.typeRows = new Map();
    this.typeCodes = new Column(codes.map((code) => this.typeCode(names[code] as string)));
  }

  private ownNames(): StringColumn {
    const own = writable(this.nameColumn);
    this.nameColumn = own;
    return own;
  }

  private ownDescriptions(): StringColumn {
    const own = writable(this.descriptionColumn);
    this.descriptionColumn = own;
    return own;
  }

  /** The vectors to write to, zeros where there were none. // at least [entities, vectorLength] */
  private ownVectors(): Float32Array {
    const values = (this.quantizedRows && restoreRows(this.quantizedRows)) ?? this.vectorValues;
    const roomy = withCapacity(values ?? new Float32Array(0), this.size * this.length);
    const own = roomy === this.vectorValues && !this.ownsVectors ? roomy.slice() : roomy;
    this.vectorValues = own;
    this.quantizedRows = undefined;
    this.ownsVectors = true;
    return own;
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

function checkVectorLength(found: number): void {
  if (!(Number.isInteger(found) && found >= 0)) throw linkwrightError("L209", { found });
}

function checkFreq(entity: string, freq: number): void {
  if (typeof freq === "number" && freq >= 0 && Number.isFinite(Math.fround(freq))) return;
  throw linkwrightError("L204", { entity, freq });
}

function checkVector(entity: string, vector: ArrayLike<number>, expected: number): void {
  if (vector.length !== expected) throw linkwrightError("E141", { found: vector.length, expected });
  for (let index = 0; index < expected; index++) {
    if (!Number.isFinite(Math.fround(vector[index] as number))) {
      throw linkwrightError("L203", { entity, index, found: vector[index] as number });
    }
  }
}
