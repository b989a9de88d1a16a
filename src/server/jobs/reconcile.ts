import { MATCH_KINDS, type MatchKind } from "../../kb/candidate.js";
import type { Linker } from "../../linker/linker.js";
import type { Link } from "../../linker/predict.js";
import type { Mention } from "../../model/mention.js";
import { Doc } from "../../text/doc.js";

/** A row of somebody's table that is looked for. */
export interface ReconcileQuery {
  /** The name; "" finds nothing. */
  readonly name: string;
  /** What other columns say of it; "" for nothing. */
  readonly context: string;
  /** Types one of which is asked for; none for any. */
  readonly types: readonly string[];
  /** Whether entities of other types are left out; they only score less else. */
  readonly typesAreStrict: boolean;
  /** Most candidates. */
  readonly limit: number;
}

export interface ReconcileCandidate {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** "" for none. */
  readonly type: string;
  /** 0 to 100. */
  readonly score: number;
  /** Whether it may be taken without a look at it. */
  readonly match: boolean;
  /** What the score is made of. */
  readonly features: Readonly<Record<string, number | boolean>>;
}

/** A candidate as it is scored. */
interface Found {
  readonly entity: number;
  readonly kind: MatchKind | "id";
  readonly similarity: number;
  readonly prior: number;
  /** The model's probability, where there is context, */
  readonly model: number | undefined;
  /** and whether it decides for another candidate, or for none. */
  readonly isRejected: boolean;
  readonly hasType: boolean;
}

/** Share of the score that the name alone earns; the rest is the prior's, or the model's where there is context. */
const NAME_SHARE = 0.6;
/** What is left of the score of another type than asked for. */
const OTHER_TYPE = 0.5;
/** Less likely candidates, and those that lead the next one by less, are no match. */
const SURE = 0.9;
const LEAD = 0.5;
/** The name is as good as the query's own, but for case, accents and punctuation. */
const SAME_NAME: readonly (MatchKind | "id")[] = ["id", "exact", "normalised"];
const LABEL = "";

/** The candidates of each query, best first. */
export function reconcile(
  linker: Linker,
  { queries }: { readonly queries: readonly ReconcileQuery[] },
): ReconcileCandidate[][] {
  const asked = queries.map((query) => ({ query, ...mentionOf(linker, query) }));
  const links = linksWithContext(linker, asked);
  return asked.map(({ query, mention }, i) => {
    const found = mention ? candidatesOf(linker, query, mention, links.get(i)) : [];
    return ranked(linker, query, withId(linker, query, found)).slice(0, query.limit);
  });
}

/** The query as a text: its name, and behind it what the other columns say. */
function mentionOf(linker: Linker, { name, context }: ReconcileQuery): { doc: Doc; mention?: Mention } {
  const text = context === "" ? name : `${name}: ${context}`;
  const doc = new Doc(text, { ents: name === "" ? [] : [{ start: 0, end: name.length, label: LABEL }] });
  const [mention] = linker.mentionsOf(doc);
  return mention ? { doc, mention } : { doc };
}

/** What the model says of the queries that have context, by their place; without any it has no more to go by than the prior. */
function linksWithContext(
  linker: Linker,
  asked: readonly { readonly query: ReconcileQuery; readonly doc: Doc; readonly mention?: Mention }[],
): Map<number, Link> {
  const places = [...asked.keys()].filter((i) => asked[i]?.query.context !== "" && asked[i]?.mention);
  if (places.length === 0) return new Map();
  const docs = places.map((i) => {
    const { doc, mention } = asked[i] as { doc: Doc; mention: Mention };
    return { doc, mentions: [mention] };
  });
  const links = linker.linkMentions(docs);
  return new Map(places.map((place, i) => [place, links[i]?.[0] as Link]));
}

function candidatesOf(
  { kb }: Linker,
  { types }: ReconcileQuery,
  { candidates }: Mention,
  link: Link | undefined,
): Found[] {
  const scores = new Map(link?.candidates.map(({ kbId, score }) => [kbId, score]));
  return Array.from(candidates.entities, (entity, c) => {
    const id = kb.entityIds.at(entity);
    return {
      entity,
      kind: MATCH_KINDS[candidates.matches[c] as number] as MatchKind,
      similarity: candidates.similarities[c] as number,
      prior: candidates.priors[c] as number,
      model: scores.get(id),
      isRejected: link !== undefined && link.kbId !== id,
      hasType: hasType(kb, entity, types),
    };
  });
}

function hasType(
  { entityType, types: known }: Linker["kb"],
  entity: number,
  types: readonly string[],
): boolean {
  return types.length === 0 || types.includes(known[entityType[entity] as number] ?? "");
}

/** With the entity whose id the name is, if there is one. */
function withId({ kb }: Linker, { name, types }: ReconcileQuery, found: readonly Found[]): Found[] {
  const entity = kb.entityIds.get(name);
  if (entity < 0) return [...found];
  const others = found.filter((candidate) => candidate.entity !== entity);
  const itself = { entity, kind: "id", similarity: 1, prior: 1, model: undefined } as const;
  return [{ ...itself, isRejected: false, hasType: hasType(kb, entity, types) }, ...others];
}

function ranked(linker: Linker, query: ReconcileQuery, found: readonly Found[]): ReconcileCandidate[] {
  const allowed = found.filter(({ hasType }) => hasType || !query.typesAreStrict);
  const scored = allowed.map((candidate) => ({ candidate, score: scoreOf(candidate) }));
  scored.sort((a, b) => b.score - a.score);
  const [best, second] = scored;
  const isSure = best !== undefined && mayBeTaken(best.candidate, second?.candidate);
  return scored.map(({ candidate, score }, i) =>
    describe(linker, query, candidate, score, i === 0 && isSure),
  );
}

/** How likely a candidate is, its name taken for the right one. */
const belief = ({ model, prior }: Found): number => Math.min(1, model ?? prior);

function scoreOf(found: Found): number {
  const likely = NAME_SHARE + (1 - NAME_SHARE) * belief(found);
  return 100 * found.similarity * likely * (found.hasType ? 1 : OTHER_TYPE);
}

function mayBeTaken(best: Found, second: Found | undefined): boolean {
  if (!SAME_NAME.includes(best.kind) || best.isRejected || !best.hasType || belief(best) < SURE) return false;
  if (best.kind === "id" || second === undefined) return true;
  // A prior alone tells namesakes apart for most people who ask, not for the one who does.
  if (best.model === undefined && SAME_NAME.includes(second.kind)) return false;
  return belief(best) - belief(second) >= LEAD;
}

function describe(
  { kb }: Linker,
  { types }: ReconcileQuery,
  { entity, similarity, prior, model, hasType }: Found,
  score: number,
  match: boolean,
): ReconcileCandidate {
  const id = kb.entityIds.at(entity);
  return {
    id,
    name: kb.name(entity) || id,
    description: kb.description(entity),
    type: kb.types[kb.entityType[entity] as number] ?? "",
    score: Math.round(100 * score) / 100,
    match,
    features: {
      name_similarity: similarity,
      prior,
      frequency: kb.freq[entity] as number,
      ...(model !== undefined && { model }),
      ...(types.length > 0 && { type_match: hasType }),
    },
  };
}
