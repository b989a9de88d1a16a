import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Doc, Span } from "../text/doc.js";
import { definitionsOf, shortForms } from "./abbreviations.js";
import { findNames, type Hit, spanOf } from "./gazetteer.js";
import { lastNames } from "./last-names.js";
import type { MentionDetector } from "./mention-detector.js";
import type { MentionFilter } from "./mention-filter.js";
import { MENTION_DEFAULTS, type MentionOptions } from "./options.js";

/**
 * Finds the knowledge base's names in texts, those that are worth linking if a filter is given, and what stands for
 * them: the last name of a person who was named in full before, and abbreviations that the document explains.
 */
export class GazetteerDetector implements MentionDetector {
  constructor(
    private readonly kb: InMemoryLookupKB,
    private readonly options: Omit<MentionOptions, "detector"> = MENTION_DEFAULTS,
    private readonly filter?: MentionFilter | undefined,
  ) {}

  detect(doc: Doc): Span[] {
    const { kb, filter, options } = this;
    const hits = this.linkable(findNames(doc, kb, options));
    const kept = filter ? filter.keep(doc, hits, kb) : hits;
    const named = kept.map((hit) => spanOf(hit, kb));
    const spans = withSpans(named, lastNames(doc, named));
    return withSpans(spans, shortForms(doc, definitionsOf(doc), spans));
  }

  private linkable(hits: readonly Hit[]): readonly Hit[] {
    const { linkableLabels } = this.options;
    return linkableLabels ? hits.filter((hit) => linkableLabels.includes(spanOf(hit, this.kb).label)) : hits;
  }
}

/** Finds the mentions of a text that are names of a knowledge base. */
export function detectMentions(doc: Doc, kb: InMemoryLookupKB): Span[] {
  return new GazetteerDetector(kb).detect(doc);
}

/** Two lists in the order of their offsets as one; of two that overlap the first list's stays. */
function withSpans(spans: readonly Span[], added: readonly Span[]): Span[] {
  const merged: Span[] = [];
  let at = 0;
  for (const span of added) {
    while (at < spans.length && (spans[at] as Span).end <= span.start) merged.push(spans[at++] as Span);
    const isFree = at === spans.length || span.end <= (spans[at] as Span).start;
    if (isFree && (merged.at(-1)?.end ?? 0) <= span.start) merged.push(span);
  }
  return [...merged, ...spans.slice(at)];
}
