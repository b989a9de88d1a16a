import { linkwrightError } from "../errors.js";
import { type CandidateColumns, CandidateLists } from "./candidate-lists.js";
import { Column } from "./columns.js";
import { type Csr, groupBy } from "./csr.js";
import { StringTable } from "./string-table.js";

/** Sums of priors up to this pass, because shares that were rounded may add to a little more than 1. */
export const LARGEST_SUM = 1.00001;

/** The entities of an alias and P(entity | alias) of each. */
export interface AliasEntities {
  readonly entities: readonly string[];
  readonly priors: ArrayLike<number>;
}

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
  add(alias: string, entityIds: StringTable, candidates: AliasEntities): number | undefined {
    checkAlias(alias);
    checkSum(alias, candidates);
    if (this.strings.get(alias) >= 0) return undefined;
    const rows = checkedRows(alias, entityIds, candidates);
    this.strings.add(alias);
    return this.candidates.push(rows, candidates.priors);
  }

  /**
   * Gives an alias other candidates and returns its row.
   * @throws E890, E176, E132, E133, E134, L205, L206; the alias stays as it was then
   */
  set(alias: string, entityIds: StringTable, candidates: AliasEntities): number {
    checkAlias(alias);
    const row = this.row(alias);
    checkSum(alias, candidates);
    this.candidates.set(row, checkedRows(alias, entityIds, candidates), candidates.priors);
    return row;
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
    const row = this.row(alias);
    const added = entityRow(alias, entity, entityIds);
    const { candidates } = this;
    let sum = 0;
    let known = false;
    for (let i = candidates.start(row); i < candidates.end(row); i++) {
      sum += candidates.priors[i] as number;
      known ||= candidates.entities[i] === added;
    }
    sum += Math.fround(prior); // single precision before it is summed, as in spaCy
    if (sum > LARGEST_SUM) throw linkwrightError("E133", { alias, sum });
    if (known) return false;
    checkPrior(alias, prior);
    candidates.append(row, added, prior);
    return true;
  }

  /** A new table of some aliases, in the order that `rows` names them. */
  pick(rows: Int32Array): AliasTable {
    const { candidates } = this;
    const lists = new CandidateLists();
    for (const row of rows) {
      const [start, end] = [candidates.start(row), candidates.end(row)];
      lists.push(candidates.entities.subarray(start, end), candidates.priors.subarray(start, end));
    }
    return new AliasTable(this.strings.pick(rows), lists);
  }

  /**
   * A new table for entities that stand in other rows: entity `i` is now `newRows[i]`, or -1 when it went. Its
   * candidates go with it, and an alias that is left without any; one that had none before stays.
   */
  withEntities(newRows: Int32Array): AliasTable {
    const { candidates } = this;
    const lists = new CandidateLists();
    const kept = new Column(new Int32Array(0));
    for (let alias = 0; alias < this.size; alias++) {
      const [start, end] = [candidates.start(alias), candidates.end(alias)];
      const entities: number[] = [];
      const priors: number[] = [];
      for (let i = start; i < end; i++) {
        const row = newRows[candidates.entities[i] as number] as number;
        if (row < 0) continue;
        entities.push(row);
        priors.push(candidates.priors[i] as number);
      }
      if (entities.length === 0 && end > start) continue;
      lists.push(entities, priors);
      kept.push(alias);
    }
    return new AliasTable(this.strings.pick(kept.values), lists);
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

  private row(alias: string): number {
    const row = this.strings.get(alias);
    if (row < 0) throw linkwrightError("E176", { alias });
    return row;
  }
}

function checkAlias(alias: string): void {
  if (typeof alias !== "string" || alias === "") throw linkwrightError("E890", { alias: String(alias) });
}

function checkSum(alias: string, { entities, priors }: AliasEntities): void {
  if (entities.length !== priors.length) {
    throw linkwrightError("E132", { alias, entities: entities.length, priors: priors.length });
  }
  let sum = 0;
  for (let i = 0; i < priors.length; i++) sum += priors[i] as number;
  if (sum > LARGEST_SUM) throw linkwrightError("E133", { alias, sum });
}

function checkPrior(alias: string, prior: number): void {
  if (!(typeof prior === "number" && prior >= 0)) throw linkwrightError("L205", { alias, prior });
}

/** Entity rows of an alias's candidates, all different. What spaCy refuses comes first, so that the codes are its own. */
function checkedRows(alias: string, entityIds: StringTable, { entities, priors }: AliasEntities): number[] {
  const rows = entities.map((entity) => entityRow(alias, entity, entityIds));
  const twice = rows.length === 1 || new Set(rows).size === rows.length ? -1 : rows.findIndex(isRepeated);
  for (let i = 0; i < priors.length; i++) checkPrior(alias, priors[i] as number);
  if (twice >= 0) throw linkwrightError("L206", { alias, entity: entities[twice] as string });
  return rows;
}

function entityRow(alias: string, entity: string, entityIds: StringTable): number {
  const row = entityIds.get(entity);
  if (row < 0) throw linkwrightError("E134", { alias, entity });
  return row;
}

function isRepeated(row: number, i: number, rows: readonly number[]): boolean {
  return rows.indexOf(row) !== i;
}
