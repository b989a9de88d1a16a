import { linkwrightError } from "../errors.js";
import { type CandidateColumns, CandidateLists } from "./candidate-lists.js";
import { type Csr, groupBy } from "./csr.js";
import { StringTable } from "./string-table.js";

/** Sums of priors up to this pass, because shares that were rounded may add to a little more than 1. */
const LARGEST_SUM = 1.00001;

/** The aliases of a knowledge base and their candidates, in columns. */
export class AliasTable {
  private constructor(
    readonly strings: StringTable,
    readonly candidates: CandidateLists,
  ) {}

  static empty(): AliasTable {
    return new AliasTable(new StringTable(), new CandidateLists());
  }

  static fromColumns(strings: StringTable, candidates: CandidateColumns): AliasTable {
    return new AliasTable(strings, CandidateLists.fromColumns(candidates));
  }

  get size(): number {
    return this.strings.size;
  }

  /**
   * Adds an alias and returns its row, or undefined when it is there already.
   * @throws E890, E132, E133, E134, L205, L206; the alias is not added then
   */
  add(
    alias: string,
    entityIds: StringTable,
    { entities, priors }: { readonly entities: readonly string[]; readonly priors: ArrayLike<number> },
  ): number | undefined {
    if (typeof alias !== "string" || alias === "") throw linkwrightError("E890", { alias: String(alias) });
    if (entities.length !== priors.length) {
      throw linkwrightError("E132", { alias, entities: entities.length, priors: priors.length });
    }
    let sum = 0;
    for (let i = 0; i < priors.length; i++) sum += checkedPrior(alias, priors[i] as number);
    if (sum > LARGEST_SUM) throw linkwrightError("E133", { alias, sum });
    if (this.strings.get(alias) >= 0) return undefined;
    const rows = entities.map((entity) => entityRow(alias, entity, entityIds));
    const twice = rows.length === 1 || new Set(rows).size === rows.length ? -1 : rows.findIndex(isRepeated);
    if (twice >= 0) throw linkwrightError("L206", { alias, entity: entities[twice] as string });
    this.strings.add(alias);
    return this.candidates.push(rows, priors);
  }

  /**
   * Adds an entity to an alias; returns whether it is new there.
   * @throws E176, E134, E133, L205
   */
  append(
    alias: string,
    entityIds: StringTable,
    { entity, prior }: { readonly entity: string; readonly prior: number },
  ): boolean {
    const row = this.strings.get(alias);
    if (row < 0) throw linkwrightError("E176", { alias });
    const added = entityRow(alias, entity, entityIds);
    const { candidates } = this;
    let sum = checkedPrior(alias, prior);
    let known = false;
    for (let i = candidates.start(row); i < candidates.end(row); i++) {
      sum += candidates.priors[i] as number;
      known ||= candidates.entities[i] === added;
    }
    if (sum > LARGEST_SUM) throw linkwrightError("E133", { alias, sum });
    if (!known) candidates.append(row, added, prior);
    return !known;
  }

  /** P(entity | alias) of rows, 0 when the entity is no candidate. */
  prior(alias: number, entity: number): number {
    const { candidates } = this;
    for (let i = candidates.start(alias); i < candidates.end(alias); i++) {
      if (candidates.entities[i] === entity) return candidates.priors[i] as number;
    }
    return 0;
  }

  /** Alias rows by entity, ascending. */
  byEntity(entities: number): Csr {
    const { offsets, entities: candidateEntities } = this.candidates.toColumns();
    const { offsets: entityOffsets, values } = groupBy(candidateEntities, entities);
    const aliasOf = new Int32Array(candidateEntities.length);
    for (let alias = 0; alias < this.size; alias++) aliasOf.fill(alias, offsets[alias], offsets[alias + 1]);
    return { offsets: entityOffsets, values: values.map((candidate) => aliasOf[candidate] as number) };
  }
}

function checkedPrior(alias: string, prior: number): number {
  if (prior >= 0 && prior < Number.POSITIVE_INFINITY) return prior;
  throw linkwrightError("L205", { alias, prior });
}

function entityRow(alias: string, entity: string, entityIds: StringTable): number {
  const row = entityIds.get(entity);
  if (row < 0) throw linkwrightError("E134", { alias, entity });
  return row;
}

function isRepeated(row: number, i: number, rows: readonly number[]): boolean {
  return rows.indexOf(row) !== i;
}
