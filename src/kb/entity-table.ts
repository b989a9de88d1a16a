import { linkwrightError } from "../errors.js";
import { NIL } from "../text/doc.js";
import type { EntityTexts } from "./candidate.js";
import { Column, pickRows } from "./columns.js";
import { StringColumn, type TextColumn, writable } from "./string-column.js";
import { StringTable } from "./string-table.js";
import { type VectorColumns, VectorTable } from "./vector-table.js";

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
export interface EntityColumns extends VectorColumns {
  readonly ids: StringTable;
  readonly names: TextColumn;
  readonly descriptions: TextColumn;
  /** The different types, in order of appearance. */
  readonly types: readonly string[];
  /** Index into `types`. // [entities] */
  readonly typeCodes: Uint16Array;
  readonly freqs: Float32Array;
}

const MOST_TYPES = 2 ** 16;

/** The entities of a knowledge base, in columns. */
export class EntityTable {
  readonly ids: StringTable;
  readonly vectors: VectorTable;
  private nameColumn: TextColumn;
  private descriptionColumn: TextColumn;
  private typeNames: string[];
  private typeRows: Map<string, number>;
  private typeCodes: Column<Uint16Array>;
  private readonly freqs: Column<Float32Array>;

  /** @throws L209 a length of vectors that is none */
  constructor(columns: EntityColumns) {
    this.ids = columns.ids;
    this.vectors = new VectorTable(columns.ids, columns);
    this.nameColumn = columns.names;
    this.descriptionColumn = columns.descriptions;
    this.typeNames = [...columns.types];
    this.typeRows = new Map(columns.types.map((type, code) => [type, code]));
    this.typeCodes = new Column(columns.typeCodes);
    this.freqs = new Column(columns.freqs);
  }

  /** @throws L209 a length that is none */
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
    if (vector) this.vectors.check(id, vector);
    checkFreq(id, freq);
    const [names, descriptions] = [this.ownNames(), this.ownDescriptions()];
    const typeCode = this.typeCode(type);
    const row = this.ids.add(id);
    names.push(name);
    descriptions.push(description);
    this.typeCodes.push(typeCode);
    this.freqs.push(freq);
    this.vectors.add(vector);
    return row;
  }

  /**
   * Changes what is given of an entity, and returns its row.
   * @throws L208 unknown id, L203, L204, L207, L230, E141; nothing is changed then
   */
  update(id: string, { freq, vector, name, description, type }: EntityOptions): number {
    const row = this.ids.get(id);
    if (row < 0) throw linkwrightError("L208", { entity: id });
    if (vector) this.vectors.check(id, vector);
    if (freq !== undefined) checkFreq(id, freq);
    const names = name === undefined ? undefined : this.ownNames();
    const descriptions = description === undefined ? undefined : this.ownDescriptions();
    if (type !== undefined) this.typeCodes.set(row, this.typeCode(type));
    if (type !== undefined) this.dropUnusedTypes();
    if (freq !== undefined) this.freqs.set(row, freq);
    if (name !== undefined) names?.set(row, name);
    if (description !== undefined) descriptions?.set(row, description);
    if (vector) this.vectors.set(row, vector);
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
    const picked = new EntityTable({
      ids: this.ids.pick(rows),
      names: this.ownNames().pick(rows),
      descriptions: this.ownDescriptions().pick(rows),
      types: this.types,
      typeCodes: pickRows(this.type, rows),
      freqs: pickRows(this.freq, rows),
      vectorLength: this.vectors.length,
      vectors: this.vectors.pick(rows),
      quantized: undefined,
    });
    picked.dropUnusedTypes();
    return picked;
  }

  toColumns(): EntityColumns {
    const { ids, names, descriptions, types, type: typeCodes, freq: freqs } = this;
    const { length: vectorLength, values: vectors, quantized } = this.vectors;
    return { ids, names, descriptions, types, typeCodes, freqs, vectorLength, vectors, quantized };
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
}

function checkFreq(entity: string, freq: number): void {
  if (typeof freq === "number" && freq >= 0 && Number.isFinite(Math.fround(freq))) return;
  throw linkwrightError("L204", { entity, freq });
}
