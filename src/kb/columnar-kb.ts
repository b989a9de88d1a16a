import { linkwrightError } from "../errors.js";
import { AliasIndex } from "./alias-index.js";
import { AliasTable } from "./alias-table.js";
import type { Candidate, CandidateSource, EntityTexts } from "./candidate.js";
import { type Csr, list } from "./csr.js";
import { EntityTable } from "./entity-table.js";
import { KnowledgeBase } from "./knowledge-base.js";
import { candidatesOf, lookUp } from "./look-up.js";
import type { PrefixIndex } from "./prefix-index.js";
import type { QuantizedRows } from "./quantized-rows.js";
import type { StringTable } from "./string-table.js";
import { TermIndex } from "./term-index.js";

/**
 * A knowledge base in columns, and the questions to it: entities and aliases are rows, and no row has an object
 * of its own. The indices are made when first asked for or come from disk; a change drops those that it makes
 * untrue. The changes are `InMemoryLookupKB`'s.
 */
export abstract class ColumnarKB extends KnowledgeBase {
  protected entities: EntityTable;
  protected aliasTable = AliasTable.empty();
  protected aliasIndex: AliasIndex | undefined;
  protected termIndex: TermIndex | undefined;
  private aliasesByEntity: Csr | undefined;
  private prefixIndex: PrefixIndex | undefined;

  constructor(entityVectorLength: number) {
    super();
    this.entities = EntityTable.empty(entityVectorLength);
  }

  // ---- columns, to be read only

  get entityVectorLength(): number {
    return this.entities.vectors.length;
  }
  /** Ids of the entities; an id's index here is its entity's row everywhere, until an entity is removed. */
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
  /** Row by row, as they were given; absent until one is set. // [entities, entityVectorLength] */
  get vectors(): Float32Array | undefined {
    return this.entities.vectors.values;
  }
  /** In place of `vectors`: those that a model made, rounded. */
  get quantizedVectors(): QuantizedRows | undefined {
    return this.entities.vectors.quantized;
  }
  /** Aliases as written; an alias's index here is its row everywhere, until an alias goes. */
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
  /** Folds of the aliases by what they begin with, those of entities that are meant most first; never on disk. */
  get prefixes(): PrefixIndex {
    this.prefixIndex ??= this.aliases.prefixes((aliases) => heaviest(this, aliases));
    return this.prefixIndex;
  }
  /** Rows of the aliases that an entity is a candidate of, ascending; a view. */
  entityAliases(row: number): Int32Array {
    this.aliasesByEntity ??= this.aliasTable.byEntity(this.entities.size);
    return list(this.aliasesByEntity, row);
  }

  // ---- questions

  /** The candidates of a mention: by its exact alias, else normalised, else singular, else similarly spelled; best prior first. @throws L220 */
  override getCandidates(mention: string): Candidate[] {
    checkText(mention);
    return lookUp(this, mention);
  }

  override getCandidatesBatch(mentions: readonly string[]): Candidate[][] {
    return mentions.map((mention) => this.getCandidates(mention));
  }

  /** The candidates of an alias exactly as written, best prior first: spaCy's look-up. @throws L220 */
  getAliasCandidates(alias: string): Candidate[] {
    checkText(alias);
    const row = this.aliasStrings.get(alias);
    return row < 0 ? [] : candidatesOf(this, [{ alias: row, similarity: 1 }], "exact");
  }

  /** What candidates tell of rows. It keeps the tables, so that a removal, which makes new ones, can't make it lie. */
  candidateSource(): CandidateSource {
    return new TableSource(this.entities, this.aliasTable);
  }

  /** A copy; zeros for an unknown entity. // [entityVectorLength] */
  override getVector(entity: string): Float32Array {
    const row = this.entityIds.get(entity);
    return row < 0 ? new Float32Array(this.entityVectorLength) : this.entities.vectors.at(row);
  }

  override getVectors(entities: readonly string[]): Float32Array[] {
    return entities.map((entity) => this.getVector(entity));
  }

  /** P(entity | alias), 0 when either is unknown. */
  getPriorProb(entity: string, alias: string): number {
    const aliasRow = this.aliasStrings.get(alias);
    return aliasRow < 0 ? 0 : this.aliasTable.prior(aliasRow, this.entityIds.get(entity));
  }

  override containsEntity(id: string): boolean {
    return this.entityIds.get(id) >= 0;
  }
  containsAlias(alias: string): boolean {
    return this.aliasStrings.get(alias) >= 0;
  }
  /** In the order they were added. */
  getEntityStrings(): string[] {
    return Array.from({ length: this.getSizeEntities() }, (_, row) => this.entityIds.at(row));
  }
  /** In the order they were added. */
  getAliasStrings(): string[] {
    return Array.from({ length: this.getSizeAliases() }, (_, row) => this.aliasStrings.at(row));
  }
  getSizeEntities(): number {
    return this.entities.size;
  }
  getSizeAliases(): number {
    return this.aliasTable.size;
  }
  /** Whether there is no entity. */
  isEmpty(): boolean {
    return this.getSizeEntities() === 0;
  }

  /** Drops the indices that a change makes untrue. */
  protected changed({ entities = false, aliases = false }): void {
    if (entities) this.termIndex = undefined;
    if (aliases) this.aliasIndex = undefined;
    this.aliasesByEntity = undefined;
    this.prefixIndex = undefined;
  }
}

class TableSource implements CandidateSource {
  constructor(
    private readonly entities: EntityTable,
    private readonly aliases: AliasTable,
  ) {}

  entityId(row: number): string {
    return this.entities.ids.at(row);
  }
  entityFreq(row: number): number {
    return this.entities.freq[row] as number;
  }
  entityVector(row: number): Float32Array {
    return this.entities.vectors.at(row);
  }
  entityTexts(row: number): EntityTexts {
    return this.entities.textsAt(row);
  }
  alias(row: number): string {
    return this.aliases.strings.at(row);
  }
}

/** How often the entity that is meant most by one of some aliases is meant by it; an entity that is never counted counts half. */
function heaviest(kb: ColumnarKB, aliases: Int32Array): number {
  let top = 0;
  for (const alias of aliases) {
    for (let i = kb.candidateStart(alias); i < kb.candidateEnd(alias); i++) {
      const freq = kb.freq[kb.candidateEntities[i] as number] as number;
      top = Math.max(top, (freq + 0.5) * (kb.candidatePriors[i] as number));
    }
  }
  return top;
}

/** Spans know their place, not their text. @throws L220 */
function checkText(mention: unknown): void {
  if (typeof mention !== "string")
    throw linkwrightError("L220", { found: JSON.stringify(mention) ?? "nothing" });
}
