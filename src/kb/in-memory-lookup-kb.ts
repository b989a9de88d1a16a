import { type ErrorCode, linkwrightError, messages } from "../errors.js";
import { checkOptions } from "../known-options.js";
import { AliasTable } from "./alias-table.js";
import { ColumnarKB } from "./columnar-kb.js";
import { type EntityOptions, EntityTable } from "./entity-table.js";
import type { KbParts } from "./kb-parts.js";
import type { QuantizedRows } from "./quantized-rows.js";
import type { StringTable } from "./string-table.js";

/** Something that was ignored, not refused. */
export interface KbWarning {
  /** W017, W018 or W024, as in spaCy. */
  readonly code: string;
  readonly message: string;
}

export interface KbOptions {
  /** Length of the entities' vectors. @default 64 */
  readonly entityVectorLength?: number | undefined;
  /** @default warnings are dropped */
  readonly onWarning?: ((warning: KbWarning) => void) | undefined;
}

export interface EntityLists {
  readonly freqs: ArrayLike<number>;
  readonly vectors: readonly ArrayLike<number>[];
}

export interface AppendOptions {
  /** @default false */
  readonly ignoreWarnings?: boolean | undefined;
}

/**
 * spaCy's InMemoryLookupKB, in columns. What adds takes no longer the larger the knowledge base is; what changes a
 * name or a description, or removes, copies the columns, and an index is built anew when next asked for. So remove
 * many at once, and look up after all changes, not between them.
 *
 * const kb = new InMemoryLookupKB({ entityVectorLength: 3 });
 * kb.addEntity("Q42", { freq: 342, vector: [1, 0, 3], name: "Douglas Adams" });
 * kb.addAlias("Douglas", ["Q42"], [0.8]);
 * kb.getCandidates("douglas");  // => [Candidate { entity_: "Q42", priorProb: 0.8, match: "normalised" }]
 */
export class InMemoryLookupKB extends ColumnarKB {
  private contentHash: string | undefined;
  private readonly onWarning: ((warning: KbWarning) => void) | undefined;

  /** @throws L209 entityVectorLength is none, L001 an option of no known name */
  constructor(options: KbOptions = {}) {
    checkOptions("new InMemoryLookupKB", options, ["entityVectorLength", "onWarning"]);
    super(options.entityVectorLength ?? 64);
    this.onWarning = options.onWarning;
  }

  /** Reads a folder that `toDisk` wrote. */
  static fromDisk(dir: string, options: Pick<KbOptions, "onWarning"> = {}): Promise<InMemoryLookupKB> {
    return new InMemoryLookupKB(options).fromDisk(dir);
  }

  /** Reads bytes that `toBytes` gave. */
  static fromBytes(bytes: Uint8Array, options: Pick<KbOptions, "onWarning"> = {}): Promise<InMemoryLookupKB> {
    return new InMemoryLookupKB(options).fromBytes(bytes);
  }

  // ---- entities

  /**
   * Adds an entity and returns its row; one that is there already stays as it is (W018, undefined).
   * @throws E141, L202, L203, L204, L207
   */
  addEntity(id: string, options?: EntityOptions): number | undefined;
  /** spaCy's call. */
  addEntity(id: string, freq: number, vector: ArrayLike<number>): number | undefined;
  addEntity(id: string, given: EntityOptions | number = {}, vector?: ArrayLike<number>): number | undefined {
    const options = typeof given === "number" ? { freq: given, vector } : given;
    const row = this.entities.add(id, options);
    if (row === undefined) return this.warn("W018", messages.W018({ entity: id }));
    this.changed({ entities: true });
    return row;
  }

  /**
   * Replaces all entities; of an id that is there twice the first counts (W018). An id that was there before keeps
   * its name, description, type and aliases; the candidates of the others go, and aliases that are left without
   * any. In spaCy aliases stay with rows, which may be other entities now, or none.
   * @throws E140 lists of different lengths, and what `addEntity` throws; nothing is changed then
   */
  setEntities(ids: readonly string[], lists: EntityLists): void;
  /** spaCy's call. */
  setEntities(ids: readonly string[], freqs: ArrayLike<number>, vectors: readonly ArrayLike<number>[]): void;
  setEntities(
    ids: readonly string[],
    given: EntityLists | ArrayLike<number> = [],
    last: readonly ArrayLike<number>[] = [],
  ): void {
    const { freqs, vectors } = "freqs" in given ? given : { freqs: given, vectors: last };
    if (ids.length !== freqs.length || ids.length !== vectors.length) {
      throw linkwrightError("E140", { ids: ids.length, freqs: freqs.length, vectors: vectors.length });
    }
    const fresh = EntityTable.empty(this.entityVectorLength);
    const twice = ids.filter((id, i) => {
      return fresh.add(id, { freq: freqs[i], vector: vectors[i], ...this.entities.texts(id) }) === undefined;
    });
    for (const id of twice) this.warn("W018", messages.W018({ entity: id }));
    this.replaceEntities(fresh);
  }

  /**
   * Changes what is given of an entity and returns its row. A vector that was encoded from an older description
   * stays until another is given or `dropVectors` is called.
   * @throws L208 unknown id, E141, L203, L204, L207; nothing is changed then
   */
  updateEntity(id: string, options: EntityOptions): number {
    const row = this.entities.update(id, options);
    this.changed({ entities: true });
    return row;
  }

  /**
   * Removes an entity, its candidates, and aliases that are left without any; the rows behind move up. Returns
   * whether it was there.
   */
  removeEntity(id: string): boolean {
    return this.removeEntities([id]) === 1;
  }

  /** Removes entities as `removeEntity` does, all in the time of one. Returns how many were there. */
  removeEntities(ids: Iterable<string>): number {
    const kept = otherRows(this.entityIds, ids);
    const removed = this.getSizeEntities() - kept.length;
    if (removed > 0) this.replaceEntities(this.entities.pick(kept));
    return removed;
  }

  /** Forgets the vectors of all entities, as those of another model. */
  dropVectors(): void {
    this.entities.vectors.drop();
    this.changed({});
  }

  /**
   * Replaces the vectors of all entities; takes the array as it is.
   * @param vectors row by row // [entities, entityVectorLength]
   * @param entityVectorLength given when it changes
   * @throws E141, L203, L209
   */
  setVectors(vectors: Float32Array, entityVectorLength = this.entityVectorLength): void {
    this.entities.vectors.replace(vectors, entityVectorLength);
    this.changed({});
  }

  /**
   * As `setVectors`, with vectors that a model made and that were rounded: int8, a scale to each row, as they are stored.
   * @param rows those of an entity side by side // [entities, entityVectorLength]
   * @throws E141, L203, L209
   */
  setQuantizedVectors(rows: QuantizedRows, entityVectorLength: number): void {
    this.entities.vectors.replaceQuantized(rows, entityVectorLength);
    this.changed({});
  }

  // ---- aliases

  /**
   * Adds an alias with P(entity | alias) of its entities and returns its row; one that is there already stays
   * as it is (W017, undefined). What the probabilities lack of 1 is the share of entities not known.
   * @throws E890, E132, E133, E134, L205, L206; the alias is not added then
   */
  addAlias(alias: string, entities: readonly string[], probabilities: ArrayLike<number>): number | undefined {
    const row = this.aliasTable.add(alias, this.entityIds, { entities, priors: probabilities });
    if (row === undefined) return this.warn("W017", messages.W017({ alias }));
    this.changed({ aliases: true });
    return row;
  }

  /**
   * Adds an entity to an alias that is there already; one that the alias has stays as it is (W024).
   * @param options `true`, as in spaCy, stands for `{ ignoreWarnings: true }`
   * @throws E176, E134, E133, L205
   */
  appendAlias(alias: string, entity: string, priorProb: number, options: AppendOptions | boolean = {}): void {
    const { ignoreWarnings = false } = typeof options === "boolean" ? { ignoreWarnings: options } : options;
    const isNew = this.aliasTable.append(alias, this.entityIds, { entity, prior: priorProb });
    if (isNew) this.changed({});
    else if (!ignoreWarnings) this.warn("W024", messages.W024({ entity, alias }));
  }

  /**
   * Gives an alias that is there already other entities in place of those it has, and returns its row.
   * @throws E176 unknown alias, E890, E132, E133, E134, L205, L206; the alias stays as it was then
   */
  updateAlias(alias: string, entities: readonly string[], probabilities: ArrayLike<number>): number {
    const row = this.aliasTable.set(alias, this.entityIds, { entities, priors: probabilities });
    this.changed({});
    return row;
  }

  /** `updateAlias` where the alias is there already, `addAlias` where it is not. Returns its row. */
  setAlias(alias: string, entities: readonly string[], probabilities: ArrayLike<number>): number {
    return this.containsAlias(alias)
      ? this.updateAlias(alias, entities, probabilities)
      : (this.addAlias(alias, entities, probabilities) as number);
  }

  /** Removes an alias; the rows behind move up. Returns whether it was there. */
  removeAlias(alias: string): boolean {
    return this.removeAliases([alias]) === 1;
  }

  /** Removes aliases, all in the time of one. Returns how many were there. */
  removeAliases(aliases: Iterable<string>): number {
    const kept = otherRows(this.aliasStrings, aliases);
    const removed = this.getSizeAliases() - kept.length;
    if (removed > 0) {
      this.aliasTable = this.aliasTable.pick(kept);
      this.changed({ aliases: true });
    }
    return removed;
  }

  // ---- bytes and disk
  // Both need Arrow, and kb-file.ts Node; importing them late keeps this class small and usable in browsers.

  /** `kbHash` of the folder or the bytes that this was last read from or written to; absent when it was changed since. */
  get hash(): string | undefined {
    return this.contentHash;
  }

  /** Everything that the knowledge base holds, its indices too. The same content gives the same bytes. */
  override async toBytes(options: { readonly vectors?: boolean } = {}): Promise<Uint8Array> {
    const { encodeKb } = await import("./kb-bytes.js");
    const { bytes, hash } = await encodeKb(this.toParts(), options);
    this.contentHash = hash;
    return bytes;
  }

  /** Takes on what bytes hold, which are copied. @throws L210 and on; the knowledge base stays as it was then */
  override async fromBytes(bytes: Uint8Array): Promise<this> {
    const { decodeKb } = await import("./kb-bytes.js");
    const { parts, hash } = await decodeKb(bytes);
    return this.fromParts(parts, hash);
  }

  /** Writes a folder, its indices too. @throws E146, E928, L218 */
  override async toDisk(dir: string, options: { readonly vectors?: boolean } = {}): Promise<void> {
    const { writeKb } = await import("./kb-file.js");
    this.contentHash = await writeKb(this.toParts(), dir, options);
  }

  /** Takes on what a folder holds. @throws E928, E929, L211 and on; the knowledge base stays as it was then */
  override async fromDisk(dir: string): Promise<this> {
    const { readKb } = await import("./kb-file.js");
    const { parts, hash } = await readKb(dir);
    return this.fromParts(parts, hash);
  }

  /** Views, not copies. */
  toParts(): KbParts {
    const { aliasStrings, aliases, terms } = this;
    const candidates = this.aliasTable.candidates.toColumns();
    return { entities: this.entities.toColumns(), aliasStrings, candidates, aliases, terms };
  }

  /** Takes the parts as they are, in place of its own. */
  fromParts(parts: KbParts, hash?: string): this {
    this.entities = new EntityTable(parts.entities);
    this.aliasTable = AliasTable.fromColumns(parts.aliasStrings, parts.candidates);
    this.changed({ entities: true, aliases: true });
    this.aliasIndex = parts.aliases;
    this.termIndex = parts.terms;
    this.contentHash = hash;
    return this;
  }

  /** Takes other entities; candidates follow their ids. */
  private replaceEntities(entities: EntityTable): void {
    const newRows = Int32Array.from(this.getEntityStrings(), (id) => entities.ids.get(id));
    this.aliasTable = this.aliasTable.withEntities(newRows);
    this.entities = entities;
    this.changed({ entities: true, aliases: true });
  }

  protected override changed(what: { entities?: boolean; aliases?: boolean }): void {
    super.changed(what);
    this.contentHash = undefined;
  }

  private warn(code: ErrorCode, message: string): undefined {
    this.onWarning?.({ code, message });
    return undefined;
  }
}

/** Rows of the strings that are not among `texts`. */
function otherRows(strings: StringTable, texts: Iterable<string>): Int32Array {
  const rows = new Set(Array.from(texts, (text) => strings.get(text)));
  return Int32Array.from({ length: strings.size }, (_, row) => row).filter((row) => !rows.has(row));
}
