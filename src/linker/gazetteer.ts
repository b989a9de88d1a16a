import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Doc, Span } from "../text/doc.js";

/** Names of more words are not looked for. */
const LONGEST_NAME = 8;
/** The label of mentions that the gazetteer finds: it knows names, not kinds. */
export const GAZETTEER_LABEL = "ENTITY";

/** A capital, a letter of a script without capitals, or a digit. */
const NAME_CHARACTER = /[\p{Lu}\p{Lt}\p{Lo}\p{N}]/u;

/**
 * Finds the knowledge base's aliases in a text: the longest at each place, from word boundary to word boundary, as
 * written. Aliases in lower case throughout are passed over.
 */
export function detectMentions(doc: Doc, kb: InMemoryLookupKB): Span[] {
  const { starts, ends, length } = doc.tokens;
  const spans: Span[] = [];
  let token = 0;
  while (token < length) {
    const found = longestName(doc.text, starts, ends, token, kb);
    if (found)
      spans.push({
        start: starts[token] as number,
        end: found.end,
        label: labelOf(found.alias, kb),
        kbId: "",
      });
    token = found ? found.next : token + 1;
  }
  return spans;
}

/** Those of some mentions that were detected too, to the character. */
export function among(detected: readonly Span[], ents: readonly Span[]): Span[] {
  const found = new Set(detected.map(({ start, end }) => `${start}-${end}`));
  return ents.filter(({ start, end }) => found.has(`${start}-${end}`));
}

interface FoundName {
  readonly alias: number;
  readonly end: number;
  readonly next: number;
}

function longestName(
  text: string,
  starts: Int32Array,
  ends: Int32Array,
  first: number,
  kb: InMemoryLookupKB,
): FoundName | undefined {
  const start = starts[first] as number;
  for (let last = Math.min(starts.length, first + LONGEST_NAME) - 1; last >= first; last--) {
    for (const end of nameEnds(text, ends[last] as number)) {
      const alias = kb.aliasStrings.get(text.slice(start, end));
      if (alias >= 0 && mayBeName(text.slice(start, end))) return { alias, end, next: last + 1 };
    }
  }
  return undefined;
}

/** A name may end with the full stop of an abbreviation ("Apple Inc."). */
function nameEnds(text: string, end: number): number[] {
  return text[end] === "." ? [end + 1, end] : [end];
}

/** Words in lower case are in most knowledge bases by accident: "may", "will". */
function mayBeName(surface: string): boolean {
  return NAME_CHARACTER.test(surface);
}

/** The type of the alias's likeliest entity. */
function labelOf(alias: number, kb: InMemoryLookupKB): string {
  const start = kb.candidateStart(alias);
  let best = start;
  for (let i = start; i < kb.candidateEnd(alias); i++) {
    if ((kb.candidatePriors[i] as number) > (kb.candidatePriors[best] as number)) best = i;
  }
  const entity = kb.candidateEntities[best];
  return (entity !== undefined && kb.types[kb.entityType[entity] as number]) || GAZETTEER_LABEL;
}
