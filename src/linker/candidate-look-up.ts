import { MATCH_KINDS, type MatchKind } from "../kb/candidate.js";
import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { CandidateSet, Mention } from "../model/mention.js";
import type { CandidateOptions } from "./options.js";

/** Takes what a document itself contributed out of counted numbers, so that training does not see its own answers. */
export interface Discount {
  prior(surface: string, entity: number, prior: number, candidates: number): number;
  frequency(entity: number, frequency: number): number;
}

/** A mention's surface and its fold. */
export type Name = Pick<Mention, "surface" | "key">;

/** How much a prior is believed when the alias was found by a detour: with, and without candidates found before. */
const TRUST: Record<MatchKind, readonly [beside: number, alone: number]> = {
  exact: [1, 1],
  normalised: [0.6, 0.95],
  plural: [0.9, 0.9],
  longer_mention: [0.3, 0.8],
  partial: [0.3, 0.3],
  trigram: [0.3, 0.5],
};
/** How much the prior of an explained abbreviation's long form is believed, and what is left of other candidates' priors. */
const TRUST_IN_EXPLANATION = 0.95;
const LEFT_BY_EXPLANATION = 0.3;
/** Candidates that a longer mention of the same document lends to a shorter one. */
const LENT_CANDIDATES = 5;
const PARTIAL_CANDIDATES = 8;
const TRIGRAM_ALIASES = 6;

/** How a look-up's finds are believed. */
interface Way {
  readonly kind: MatchKind;
  readonly trust: number;
  readonly similarity: number;
}

/** An entity and its prior. */
type Row = readonly [entity: number, prior: number];

interface Found {
  readonly entity: number;
  prior: number;
  kind: MatchKind;
  similarity: number;
  /** Filled in when candidates are ranked. */
  frequency: number;
}

/** The look-up of one name: collects, ranks and cuts its candidates. */
export class Lookup {
  private readonly found = new Map<number, Found>();

  constructor(
    private readonly kb: InMemoryLookupKB,
    private readonly options: CandidateOptions,
    private readonly discount: Discount | undefined,
  ) {}

  /** @param longForms what the surface is short for, if the document says so */
  run(name: Name, lenders: readonly Name[], longForms: readonly string[]): CandidateSet {
    const { paths } = this.options;
    const { surface } = name;
    this.addSame(name);
    this.addLent(name, lenders);
    this.addExplained(surface, longForms);
    if (paths.includes("partial") && this.found.size === 0) this.addPartial(surface);
    if (paths.includes("trigram") && this.found.size === 0) {
      const trust = this.trust("trigram");
      for (const { alias, similarity } of this.kb.aliases.trigram(surface, TRIGRAM_ALIASES)) {
        this.addAlias(alias, { kind: "trigram", trust, similarity });
      }
    }
    return this.rank();
  }

  /** Adds what has this very name, but for its form. */
  private addSame({ surface, key }: Name): void {
    const { aliases } = this.kb;
    const { paths } = this.options;
    const exact = aliases.exact(surface);
    if (exact >= 0) this.addAlias(exact, { kind: "exact", trust: this.trust("exact"), similarity: 1 });
    if (paths.includes("normalised")) this.addAliases(aliases.ofKey(key), "normalised", exact);
    if (paths.includes("plural") && this.found.size === 0) this.addAliases(aliases.plural(surface), "plural");
  }

  private addLent({ key }: Name, lenders: readonly Name[]): void {
    const trust = this.trust("longer_mention");
    for (const lender of lenders) {
      const similarity = Math.min(1, key.length / lender.key.length);
      for (const [entity, prior] of byPrior(this.lent(lender)).slice(0, LENT_CANDIDATES)) {
        this.add(entity, prior, { kind: "longer_mention", trust, similarity });
      }
    }
  }

  /** What an abbreviation is short for goes before what else it may mean. */
  private addExplained(surface: string, longForms: readonly string[]): void {
    const { found, kb, options } = this;
    const meant = new Map<number, Found>();
    for (const long of longForms) {
      const lookup = new Lookup(kb, options, this.discount);
      lookup.addSame({ surface: long, key: fold(long) });
      const similarity = Math.min(1, surface.length / long.length);
      for (const [entity, row] of lookup.found) {
        const known = found.get(entity);
        const prior = Math.max(
          row.prior * TRUST_IN_EXPLANATION,
          meant.get(entity)?.prior ?? 0,
          known?.prior ?? 0,
        );
        meant.set(entity, { ...row, kind: "longer_mention", similarity, ...known, prior });
      }
    }
    if (meant.size === 0) return;
    for (const row of found.values()) row.prior *= LEFT_BY_EXPLANATION;
    for (const [entity, row] of meant) found.set(entity, row);
  }

  private addPartial(surface: string): void {
    const { kb } = this;
    const rows: Row[] = [];
    for (const alias of kb.aliases.partial(surface)) rows.push(...this.rows(alias));
    rows.sort((a, b) => this.frequency(b[0]) - this.frequency(a[0]) || a[0] - b[0]);
    const trust = this.trust("partial");
    for (const [entity, prior] of rows.slice(0, PARTIAL_CANDIDATES)) {
      this.add(entity, prior, { kind: "partial", trust, similarity: 0.5 });
    }
  }

  /** What a longer mention means by its very name, or by one that differs in its form. */
  private lent({ surface, key }: Name): Row[] {
    const { aliases } = this.kb;
    const exact = aliases.exact(surface);
    const rows = exact < 0 ? [] : this.rows(exact);
    if (rows.length > 0 || !this.options.paths.includes("normalised")) return rows;
    return Array.from(aliases.ofKey(key)).flatMap((alias) => this.rows(alias));
  }

  private rows(alias: number): Row[] {
    const { candidateEntities } = this.kb;
    const start = this.kb.candidateStart(alias);
    return this.priors(alias).map((prior, i): Row => [candidateEntities[start + i] as number, prior]);
  }

  /** Priors of an alias's candidates, the document's own counts taken out. */
  private priors(alias: number): number[] {
    const { kb, discount } = this;
    const { candidateEntities, candidatePriors } = kb;
    const start = kb.candidateStart(alias);
    const end = kb.candidateEnd(alias);
    const priors: number[] = [];
    for (let i = start; i < end; i++) priors.push(candidatePriors[i] as number);
    if (!discount) return priors;
    const surface = kb.aliasStrings.at(alias);
    const left = priors.map((prior, i) =>
      discount.prior(surface, candidateEntities[start + i] as number, prior, priors.length),
    );
    const mass = left.reduce((sum, prior) => sum + prior, 0);
    return left.map((prior) => prior / Math.max(1, mass));
  }

  /** Trust depends on what other ways of looking up found before, not on the order of one way's finds. */
  private trust(kind: MatchKind): number {
    return TRUST[kind][this.found.size > 0 ? 0 : 1];
  }

  /** @param known an alias that a stricter way has added: none of its candidates is new */
  private addAliases(aliases: Int32Array, kind: MatchKind, known = -1): void {
    const way = { kind, trust: this.trust(kind), similarity: 1 };
    for (const alias of aliases) if (alias !== known) this.addAlias(alias, way);
  }

  private addAlias(alias: number, way: Way): void {
    const { candidateEntities } = this.kb;
    const start = this.kb.candidateStart(alias);
    const priors = this.priors(alias);
    for (let i = 0; i < priors.length; i++) {
      this.add(candidateEntities[start + i] as number, priors[i] as number, way);
    }
  }

  /** Adds an entity, unless a stricter way found it before. */
  private add(entity: number, prior: number, { kind, trust, similarity }: Way): void {
    const believed = prior * trust * (kind === "trigram" ? similarity : 1);
    const known = this.found.get(entity);
    if (!known) this.found.set(entity, { entity, prior: believed, kind, similarity, frequency: 0 });
    else if (known.kind === kind && believed > known.prior) {
      known.prior = believed;
      known.similarity = similarity;
    }
  }

  /** How often an entity is meant, without the document's own share. */
  private frequency(entity: number): number {
    const counted = this.kb.freq[entity] as number;
    return this.discount ? this.discount.frequency(entity, counted) : counted;
  }

  /** The prior that stands at a rank, counted from 1: a name that thousands share is not worth sorting whole. */
  private priorOfRank(rank: number): number {
    if (this.found.size <= rank) return Number.NEGATIVE_INFINITY;
    const best = new Float64Array(rank).fill(Number.NEGATIVE_INFINITY); // ascending
    for (const { prior } of this.found.values()) {
      if (prior <= (best[0] as number)) continue;
      let place = rank - 1;
      while ((best[place] as number) >= prior) place--;
      best.copyWithin(0, 1, place + 1);
      best[place] = prior;
    }
    return best[0] as number;
  }

  private rank(): CandidateSet {
    const { maxCandidates } = this.options;
    const least = this.priorOfRank(maxCandidates);
    const ranked: Found[] = [];
    for (const row of this.found.values()) if (row.prior >= least) ranked.push(row);
    for (const row of ranked) row.frequency = this.frequency(row.entity);
    ranked.sort((a, b) => b.prior - a.prior || b.frequency - a.frequency || a.entity - b.entity);
    return columnsOf(ranked.slice(0, maxCandidates));
  }
}

function columnsOf(rows: readonly Found[]): CandidateSet {
  const { length } = rows;
  const entities = new Int32Array(length);
  const priors = new Float32Array(length);
  const frequencies = new Float32Array(length);
  const matches = new Uint8Array(length);
  const similarities = new Float32Array(length);
  for (let c = 0; c < length; c++) {
    const row = rows[c] as Found;
    entities[c] = row.entity;
    priors[c] = row.prior;
    frequencies[c] = row.frequency;
    matches[c] = MATCH_KINDS.indexOf(row.kind);
    similarities[c] = row.similarity;
  }
  return { entities, priors, frequencies, matches, similarities };
}

function byPrior(rows: Row[]): Row[] {
  return rows.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}
