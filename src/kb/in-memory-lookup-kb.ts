import { type ErrorCode, linkwrightError, messages } from "../errors.js";
import { AliasIndex } from "./alias-index.js";
import { AliasTable } from "./alias-table.js";
import type { Candidate } from "./candidate.js";
import { type Csr, list } from "./csr.js";
import { type EntityOptions, EntityTable } from "./entity-table.js";
import type { KbParts } from "./kb-parts.js";
import { KnowledgeBase } from "./knowledge-base.js";
import { candidatesOf, lookUp } from "./look-up.js";
import type { StringTable } from "./string-table.js";
import { TermIndex } from "./term-index.js";

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

/**
 * spaCy's InMemoryLookupKB, in columns: entities and aliases are rows, and no row has an object of its own.
 * The indices are made when first asked for or come from disk; a change drops those that it makes untrue.
 *
 * const kb = new InMemoryLookupKB({ entityVectorLength: 3 });
 * kb.addEntity("Q42", { freq: 342, vector: [1, 0, 3], name: "Douglas Adams" });
 * kb.addAlias("Douglas", ["Q42"], [0.8]);
 * kb.getCandidates("douglas");  // => [Candidate { entity_: "Q42", priorProb: 0.8, match: "normalised" }]
 */
export class InMemoryLookupKB extends KnowledgeBase {
  private entities: EntityTable;
  private aliasTable = AliasTable.empty();
  private aliasIndex: AliasIndex | undefined;
  private termIndex: TermIndex | undefined;
  private aliasesByEntity: Csr | undefined;
  private contentHash: string | undefined;
  private readonly onWarning: ((warning: KbWarning) => void) | undefined;

  constructor({ entityVectorLength = 64, onWarning }: KbOptions = {}) {
    super();
    this.entities = EntityTable.empty(entityVectorLength);
    this.onWarning = onWarning;
  }

  /** Reads a folder that `toDisk` wrote. */
  static fromDisk(dir: string, options: Pick<KbOptions, "onWarning"> = {}): Promise<InMemoryLookupKB> {
    return new InMemoryLookupKB(options).fromDisk(dir);
  }

  // ---- columns, to be read only

  get entityVectorLength(): number {
    return this.entities.vectorLength;
  }
  /** Ids of the entities; an id's index here is its entity's row everywhere. */
  get entityIds(): StringTable {
    return this.entities.ids;
  }
  name(row: number): string {
    return this.entities.names.at(row);
  }
  description(row: number): string {
    return this.entities.descriptions.at(row);
  }
  /** The different entity types in order of appearance; "" for entities without one. */
  get types(): readonly string[] {
    return this.entities.types;
  }
  /** Index into `types`. // [entities] */
  get entityType(): Uint16Array {
    return this.entities.type;
  }
  /** // [entities] */
  get freq(): Float32Array {
    return this.entities.freq;
  }
  /** Row by row; absent until a vector is set. // [entities, entityVectorLength] */
  get vectors(): Float32Array | undefined {
    return this.entities.vectors;
  }
  /** Aliases as written; an alias's index here is its row everywhere. */
  get aliasStrings(): StringTable {
    return this.aliasTable.strings;
  }
  /** Entity rows; those of an alias lie from `candidateStart(alias)` to before `candidateEnd(alias)`, in any order of aliases. */
  get candidateEntities(): Int32Array {
    return this.aliasTable.candidates.entities;
  }
  /** P(entity | alias) of each of `candidateEntities`. */
  get candidatePriors(): Float32Array {
    return this.aliasTable.candidates.priors;
  }
  candidateStart(alias: number): number {
    return this.aliasTable.candidates.start(alias);
  }
  candidateEnd(alias: number): number {
    return this.aliasTable.candidates.end(alias);
  }

  // ---- indices

  get aliases(): AliasIndex {
    this.aliasIndex ??= AliasIndex.build(this.aliasStrings);
    return this.aliasIndex;
  }
  get terms(): TermIndex {
    this.termIndex ??= TermIndex.build(this.entities.names, this.entities.descriptions);
    return this.termIndex;
  }
  /** Rows of the aliases that an entity is a candidate of, ascending; a view. */
  entityAliases(row: number): Int32Array {
    this.aliasesByEntity ??= this.aliasTable.byEntity(this.entities.size);
    return list(this.aliasesByEntity, row);
  }

  // ---- changes

  /**
   * Adds an entity and returns its row; one that is there already stays as it is (W018, undefined).
   * @throws E141, L202, L203, L204, L207
   */
  addEntity(id: string, options: EntityOptions = {}): number | undefined {
    if (this.containsEntity(id)) return this.warn("W018", messages.W018({ entity: id }));
    const row = this.entities.add(id, options);
    this.changed({ entities: true });
    return row;
  }

  /**
   * Replaces all entities; of an id that is there twice the first counts (W018). The aliases go with the old
   * entities: spaCy leaves them to point at rows that are other entities now.
   * @throws E140 lists of different lengths, and what `addEntity` throws
   */
  setEntities(
    ids: readonly string[],
    { freqs, vectors }: { readonly freqs: ArrayLike<number>; readonly vectors: readonly ArrayLike<number>[] },
  ): void {
    if (ids.length !== freqs.length || ids.length !== vectors.length) {
      throw linkwrightError("E140", { ids: ids.length, freqs: freqs.length, vectors: vectors.length });
    }
    this.entities = EntityTable.empty(this.entityVectorLength);
    this.aliasTable = AliasTable.empty();
    this.changed({ entities: true, aliases: true });
    ids.forEach((id, i) => {
      this.addEntity(id, { freq: freqs[i], vector: vectors[i] });
    });
  }

  /** Forgets the vectors of all entities, as those of another model. */
  dropVectors(): void {
    this.entities.dropVectors();
    this.changed({});
  }

  /**
   * Replaces the vectors of all entities; takes the array as it is.
   * @param vectors row by row // [entities, entityVectorLength]
   * @param entityVectorLength given when it changes
   * @throws E141, L203
   */
  setVectors(vectors: Float32Array, entityVectorLength = this.entityVectorLength): void {
    this.entities.setVectors(vectors, entityVectorLength);
    this.changed({});
  }

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
   * @throws E176, E134, E133, L205
   */
  appendAlias(alias: string, entity: string, priorProb: number, { ignoreWarnings = false } = {}): void {
    const isNew = this.aliasTable.append(alias, this.entityIds, { entity, prior: priorProb });
    if (isNew) this.changed({});
    else if (!ignoreWarnings) this.warn("W024", messages.W024({ entity, alias }));
  }

  // ---- questions

  /** The candidates of a mention: by its exact alias, else normalised, else singular, else similarly spelled; best prior first. */
  override getCandidates(mention: string): Candidate[] {
    return lookUp(this, mention);
  }

  override getCandidatesBatch(mentions: readonly string[]): Candidate[][] {
    return mentions.map((mention) => this.getCandidates(mention));
  }

  /** The candidates of an alias exactly as written, best prior first: spaCy's look-up. */
  getAliasCandidates(alias: string): Candidate[] {
    const row = this.aliasStrings.get(alias);
    return row < 0 ? [] : candidatesOf(this, [{ alias: row, similarity: 1 }], "exact");
  }

  /** A copy; zeros for an unknown entity. // [entityVectorLength] */
  override getVector(entity: string): Float32Array {
    const row = this.entityIds.get(entity);
    return row < 0 ? new Float32Array(this.entityVectorLength) : this.entities.vector(row);
  }

  override getVectors(entities: readonly string[]): Float32Array[] {
    return entities.map((entity) => this.getVector(entity));
  }

  /** P(entity | alias), 0 when either is unknown. */
  getPriorProb(entity: string, alias: string): number {
    const aliasRow = this.aliasStrings.get(alias);
    return aliasRow < 0 ? 0 : this.aliasTable.prior(aliasRow, this.entityIds.get(entity));
  }

  containsEntity(id: string): boolean {
    return this.entityIds.get(id) >= 0;
  }
  containsAlias(alias: string): boolean {
    return this.aliasStrings.get(alias) >= 0;
  }
  getEntityStrings(): string[] {
    return Array.from({ length: this.getSizeEntities() }, (_, row) => this.entityIds.at(row));
  }
  getAliasStrings(): string[] {
    return Array.from({ length: this.getSizeAliases() }, (_, row) => this.aliasStrings.at(row));
  }
  getSizeEntities(): number {
    return this.entities.size;
  }
  getSizeAliases(): number {
    return this.aliasTable.size;
  }
  isEmpty(): boolean {
    return this.getSizeEntities() === 0;
  }

  // ---- disk
  // kb-file.ts needs Node; importing it late keeps this class usable in browsers.

  /** `kbHash` of the folder that this was last read from or written to; absent when it was changed since. */
  get hash(): string | undefined {
    return this.contentHash;
  }

  /** Writes a folder, its indices too. @throws E146, E928, L218 */
  override async toDisk(dir: string, options: { readonly vectors?: boolean } = {}): Promise<void> {
    const { writeKb } = await import("./kb-file.js");
    this.contentHash = await writeKb(this.toParts(), dir, options);
  }

  /** Takes on what a folder holds. @throws E928, E929, L211 and on */
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

  private changed({ entities = false, aliases = false }): void {
    if (entities) this.termIndex = undefined;
    if (aliases) this.aliasIndex = undefined;
    this.aliasesByEntity = undefined;
    this.contentHash = undefined;
  }

  private warn(code: ErrorCode, message: string): undefined {
    this.onWarning?.({ code, message });
    return undefined;
  }
}
