import { startsOfCodePoints } from "../../formats/code-points.js";
import { aliasesOf } from "../../kb/look-up.js";
import type { Linker } from "../../linker/linker.js";
import type { Link } from "../../linker/predict.js";
import type { DocMentions } from "../../model/featurizer.js";
import type { CandidateSet, Mention } from "../../model/mention.js";
import { Doc, NIL, type Span } from "../../text/doc.js";

/** A span of spacy-ann-linker's request. Python counts its offsets in code points. */
export interface AnnSpan {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly label: string;
}

export interface AnnDocument {
  readonly spans: readonly AnnSpan[];
  readonly context: string;
}

export interface AnnLinkedSpan extends AnnSpan {
  /** "" where it is not linked. */
  readonly id: string;
  readonly alias_candidates: readonly { readonly alias: string; readonly similarity: number }[];
  readonly kb_candidates: readonly { readonly entity: string; readonly context_similarity: number }[];
}

export interface SpansJob {
  readonly documents: readonly AnnDocument[];
  /** Aliases less similar than this are no candidates, 0 to 1. */
  readonly similarityThreshold: number;
}

export interface LinkedSpans {
  readonly documents: readonly { readonly spans: readonly AnnLinkedSpan[]; readonly context: string }[];
}

/**
 * Links spans as spacy-ann-linker's server does: each answer stands where its span stood. The answer of each job as JSON
 * of {@link LinkedSpans}; the documents of all are linked in one go.
 */
export function linkSpans(linker: Linker, inputs: readonly SpansJob[]): string[] {
  const placed = inputs.flatMap(({ documents, similarityThreshold }) =>
    documents.map((document) => place(linker, document, similarityThreshold)),
  );
  const found = linker.linkMentions(placed);
  let at = 0;
  return inputs.map(({ documents, similarityThreshold }) => {
    const linked = documents.map(({ spans, context }) => {
      const { order } = placed[at] as Placed;
      const links: (Link | undefined)[] = new Array(spans.length);
      order.forEach((i, k) => {
        links[i] = found[at]?.[k];
      });
      at++;
      return { spans: spans.map((span, i) => answer(linker, span, links[i], similarityThreshold)), context };
    });
    return JSON.stringify({ documents: linked } satisfies LinkedSpans);
  });
}

/** Spans that stand in their context, by offset, as mentions with candidates. */
interface Placed extends DocMentions {
  /** Which of the document's spans each mention is. */
  readonly order: readonly number[];
}

function place(linker: Linker, { spans, context }: AnnDocument, similarityThreshold: number): Placed {
  const starts = startsOfCodePoints(context);
  const placed = spans.map((span) => placeOf(span, context, starts));
  const order = [...placed.keys()].filter((i) => placed[i]);
  order.sort((a, b) => startOf(placed, a) - startOf(placed, b) || a - b);
  const doc = new Doc(context, { ents: order.map((i) => placed[i] as Span) });
  const mentions = linker.mentionsOf(doc).map((mention) => withSimilar(mention, similarityThreshold));
  return { doc, mentions, order };
}

const startOf = (placed: readonly (Span | undefined)[], i: number): number => (placed[i] as Span).start;

/** Where a span stands in its context: by code points, else by UTF-16, else where its text stands nearest; else nowhere. */
function placeOf(
  { text, start, end, label }: AnnSpan,
  context: string,
  starts: readonly number[] | undefined,
): Span | undefined {
  const from = starts ? (starts[start] ?? context.length) : start;
  const to = starts ? (starts[end] ?? context.length) : end;
  for (const [a, b] of [
    [from, to],
    [start, end],
  ] as const) {
    if (text !== "" && context.slice(a, b) === text) return { start: a, end: b, label, kbId: "" };
  }
  const nearest = text === "" ? -1 : nearestOf(context, text, from);
  return nearest < 0 ? undefined : { start: nearest, end: nearest + text.length, label, kbId: "" };
}

function nearestOf(context: string, text: string, at: number): number {
  const after = context.indexOf(text, at);
  const before = context.lastIndexOf(text, at);
  if (before < 0 || after < 0) return Math.max(before, after);
  return at - before <= after - at ? before : after;
}

/** The mention with those of its candidates whose alias is similar enough. */
function withSimilar(mention: Mention, threshold: number): Mention {
  const { candidates: all } = mention;
  const kept = [...all.similarities.keys()].filter((c) => (all.similarities[c] as number) >= threshold);
  if (kept.length === all.similarities.length) return mention;
  const candidates: CandidateSet = {
    entities: Int32Array.from(kept, (c) => all.entities[c] as number),
    priors: Float32Array.from(kept, (c) => all.priors[c] as number),
    frequencies: Float32Array.from(kept, (c) => all.frequencies[c] as number),
    matches: Uint8Array.from(kept, (c) => all.matches[c] as number),
    similarities: Float32Array.from(kept, (c) => all.similarities[c] as number),
  };
  return { ...mention, candidates };
}

function answer({ kb }: Linker, span: AnnSpan, link: Link | undefined, threshold: number): AnnLinkedSpan {
  const { text, start, end, label } = span;
  const aliases = aliasesOf(kb.aliases, text).filter(({ similarity }) => similarity >= threshold);
  return {
    text,
    start,
    end,
    label,
    id: link && link.kbId !== NIL ? link.kbId : "",
    alias_candidates: aliases.map(({ alias, similarity }) => ({
      alias: kb.aliasStrings.at(alias),
      similarity,
    })),
    kb_candidates: (link?.candidates ?? []).map(({ kbId, context }) => ({
      entity: kbId,
      context_similarity: context,
    })),
  };
}
