import { MATCH_KINDS, type MatchKind } from "../kb/candidate.js";
import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { definitionsOf, singular } from "../mentions/abbreviations.js";
import type { CandidateSet, Mention } from "../model/mention.js";
import type { Doc, Span } from "../text/doc.js";
import type { CandidateOptions } from "./options.js";

/** Takes what a document itself contributed out of counted numbers, so that training does not see its own answers. */
export interface Discount {
  prior(surface: string, entity: number, prior: number, candidates: number): number;
  frequency(entity: number, frequency: number): number;
}

/** Finds the candidates of a document's mentions among the entities of a knowledge base. */
export type CandidateFinder = (doc: Doc, kb: InMemoryLookupKB, discount?: Discount) => Mention[];

/** The look-ups that options allow. */
export function finderWith(options: CandidateOptions): CandidateFinder {
  return (doc, kb, discount) => findCandidates(doc, kb, options, discount);
}

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
/** Names of more words lend nothing. */
const LONGEST_NAME = 12;
/** Shorter names are no part of a longer one worth following. */
const SHORTEST_PART = 3;

/** An entity and its prior. */
type Row = readonly [entity: number, prior: number];

interface Found {
  prior: number;
  kind: MatchKind;
  similarity: number;
}

/**
 * The mentions of a document with their candidates. Exact and normalised aliases are taken together, then the
 * candidates of a longer mention that begins or ends with this one ("Merkel" after "Angela Merkel"); singular,
 * partial and similar aliases, in this order, only where nothing was found. An abbreviation that the document explains
 * has its long form's candidates, which count as a longer mention's, before its own.
 */
export function findCandidates(
  doc: Doc,
  kb: InMemoryLookupKB,
  options: CandidateOptions,
  discount?: Discount,
): Mention[] {
  const keys = doc.ents.map((span) => fold(surfaceOf(doc, span)));
  const followsLonger = options.paths.includes("longer_mention");
  const longer = followsLonger ? longerMentions(keys) : new Map<string, number[]>();
  const explained = followsLonger ? longForms(doc) : new Map<string, string[]>();
  const cache = new Map<string, CandidateSet>();
  return doc.ents.map((span, i) => {
    const surface = surfaceOf(doc, span);
    const key = keys[i] as string;
    let candidates = cache.get(surface);
    if (!candidates) {
      const lenders = (longer.get(key) ?? []).map((j) => surfaceOf(doc, doc.ents[j] as Span));
      const lookup = new Lookup(kb, options, discount);
      candidates = lookup.run(
        surface,
        lenders,
        explained.get(surface) ?? explained.get(singular(surface)) ?? [],
      );
      cache.set(surface, candidates);
    }
    return { span, surface, key, candidates };
  });
}

function surfaceOf(doc: Doc, { start, end }: Span): string {
  return doc.text.slice(start, end);
}

/** For each abbreviation that the document explains its long form, and the mention that ends there. */
function longForms(doc: Doc): Map<string, string[]> {
  const mentionAt = new Map(doc.ents.map((span) => [span.end, span]));
  const definitions = definitionsOf(doc).map(({ short, long, end }): [string, string[]] => {
    const mention = mentionAt.get(end);
    return [short, [...new Set([long, ...(mention ? [surfaceOf(doc, mention)] : [])])]];
  });
  return new Map(definitions);
}

/** For each folded name the first mentions of longer names that begin or end with it, at a word boundary. */
function longerMentions(keys: readonly string[]): Map<string, number[]> {
  const known = new Set(keys);
  const first = new Map<string, number>();
  keys.forEach((key, i) => {
    if (!first.has(key)) first.set(key, i);
  });
  const longer = new Map<string, number[]>();
  for (const [key, i] of first) {
    const words = key.split(" ");
    if (words.length > LONGEST_NAME) continue;
    for (let n = 1; n < words.length; n++) {
      for (const part of new Set([words.slice(0, n).join(" "), words.slice(-n).join(" ")])) {
        if (part.length < SHORTEST_PART || !known.has(part)) continue;
        const lenders = longer.get(part);
        if (lenders) lenders.push(i);
        else longer.set(part, [i]);
      }
    }
  }
  return longer;
}

/** The look-up of one surface: collects, ranks and cuts its candidates. */
class Lookup {
  private readonly found = new Map<number, Found>();

  constructor(
    private readonly kb: InMemoryLookupKB,
    private readonly options: CandidateOptions,
    private readonly discount: Discount | undefined,
  ) {}

  /** @param longForms what the surface is short for, if the document says so */
  run(surface: string, lenders: readonly string[], longForms: readonly string[]): CandidateSet {
    const { aliases } = this.kb;
    const { paths } = this.options;
    const key = fold(surface);
    this.addSame(surface);
    const lent = lenders.map((lender) => {
      const rows = byPrior(this.lent(lender)).slice(0, LENT_CANDIDATES);
      return { rows, similarity: Math.min(1, key.length / fold(lender).length) };
    });
    this.addAll(lent, "longer_mention");
    this.addExplained(surface, longForms);
    if (paths.includes("partial") && this.found.size === 0) this.addPartial(surface);
    if (paths.includes("trigram") && this.found.size === 0) {
      const similar = aliases.trigram(surface, TRIGRAM_ALIASES);
      this.addAll(
        similar.map(({ alias, similarity }) => ({ rows: this.of(alias), similarity })),
        "trigram",
      );
    }
    return this.rank();
  }

  /** Adds what has this very name, but for its form. */
  private addSame(surface: string): void {
    const { aliases } = this.kb;
    const { paths } = this.options;
    this.add(this.exact(surface), "exact", 1);
    if (paths.includes("normalised")) this.addAliases(aliases.normalised(surface), "normalised");
    if (paths.includes("plural") && this.found.size === 0) this.addAliases(aliases.plural(surface), "plural");
  }

  /** What an abbreviation is short for goes before what else it may mean. */
  private addExplained(surface: string, longForms: readonly string[]): void {
    const { found, kb, options } = this;
    const meant = new Map<number, Found>();
    for (const long of longForms) {
      const lookup = new Lookup(kb, options, this.discount);
      lookup.addSame(long);
      const similarity = Math.min(1, surface.length / long.length);
      for (const [entity, { prior }] of lookup.found) {
        const known = found.get(entity);
        const believed = Math.max(
          prior * TRUST_IN_EXPLANATION,
          meant.get(entity)?.prior ?? 0,
          known?.prior ?? 0,
        );
        meant.set(entity, { kind: "longer_mention", similarity, ...known, prior: believed });
      }
    }
    if (meant.size === 0) return;
    for (const row of found.values()) row.prior *= LEFT_BY_EXPLANATION;
    for (const [entity, row] of meant) found.set(entity, row);
  }

  private addPartial(surface: string): void {
    const { kb } = this;
    const rows: Row[] = [];
    for (const alias of kb.aliases.partial(surface)) rows.push(...this.of(alias));
    rows.sort((a, b) => this.frequency(b[0]) - this.frequency(a[0]) || a[0] - b[0]);
    this.add(rows.slice(0, PARTIAL_CANDIDATES), "partial", 0.5);
  }

  /** What a longer mention means by its very name, or by one that differs in its form. */
  private lent(lender: string): Row[] {
    const rows = this.exact(lender);
    if (rows.length > 0 || !this.options.paths.includes("normalised")) return rows;
    return Array.from(this.kb.aliases.normalised(lender)).flatMap((alias) => this.of(alias));
  }

  private exact(surface: string): Row[] {
    const alias = this.kb.aliases.exact(surface);
    return alias < 0 ? [] : this.of(alias);
  }

  /** Entities and priors of an alias, the document's own counts taken out. */
  private of(alias: number): Row[] {
    const { kb, discount } = this;
    const rows: Row[] = [];
    for (let i = kb.candidateStart(alias); i < kb.candidateEnd(alias); i++) {
      rows.push([kb.candidateEntities[i] as number, kb.candidatePriors[i] as number]);
    }
    if (!discount) return rows;
    const surface = kb.aliasStrings.at(alias);
    const priors = rows.map(([entity, prior]) => discount.prior(surface, entity, prior, rows.length));
    const mass = priors.reduce((sum, prior) => sum + prior, 0);
    return rows.map(([entity], i): Row => [entity, (priors[i] as number) / Math.max(1, mass)]);
  }

  private addAliases(aliases: Int32Array, kind: MatchKind): void {
    this.addAll(
      Array.from(aliases, (alias) => ({ rows: this.of(alias), similarity: 1 })),
      kind,
    );
  }

  private add(rows: readonly Row[], kind: MatchKind, similarity: number): void {
    this.addAll([{ rows, similarity }], kind);
  }

  /** Adds what one way of looking up found; its trust depends on what other ways found before, not on their order. */
  private addAll(
    lists: readonly { readonly rows: readonly Row[]; readonly similarity: number }[],
    kind: MatchKind,
  ): void {
    const trust = TRUST[kind][this.found.size > 0 ? 0 : 1];
    for (const { rows, similarity } of lists) {
      for (const [entity, prior] of rows) {
        const believed = prior * trust * (kind === "trigram" ? similarity : 1);
        const known = this.found.get(entity);
        if (!known || (known.kind === kind && believed > known.prior)) {
          this.found.set(entity, { prior: believed, kind, similarity });
        }
      }
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
    const priors = Float64Array.from(this.found.values(), ({ prior }) => prior).sort();
    return priors[priors.length - rank] as number;
  }

  private rank(): CandidateSet {
    const { maxCandidates } = this.options;
    const least = this.priorOfRank(maxCandidates);
    const contenders = [...this.found].filter(([, { prior }]) => prior >= least);
    const ranked = contenders
      .map(([entity, found]) => ({ entity, frequency: this.frequency(entity), ...found }))
      .sort((a, b) => b.prior - a.prior || b.frequency - a.frequency || a.entity - b.entity)
      .slice(0, maxCandidates);
    return {
      entities: Int32Array.from(ranked, (row) => row.entity),
      priors: Float32Array.from(ranked, (row) => row.prior),
      frequencies: Float32Array.from(ranked, (row) => row.frequency),
      matches: Uint8Array.from(ranked, (row) => MATCH_KINDS.indexOf(row.kind)),
      similarities: Float32Array.from(ranked, (row) => row.similarity),
    };
  }
}

function byPrior(rows: Row[]): Row[] {
  return rows.sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}
