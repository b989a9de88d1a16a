import { fold } from "../kb/fold.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { definitionsOf, singular } from "../mentions/abbreviations.js";
import type { CandidateSet, Mention } from "../model/mention.js";
import type { Doc, Span } from "../text/doc.js";
import { type Discount, Lookup, type Name } from "./candidate-look-up.js";
import type { CandidateOptions } from "./options.js";

export type { Discount };

/** Finds the candidates of a document's mentions among the entities of a knowledge base. */
export type CandidateFinder = (doc: Doc, kb: InMemoryLookupKB, discount?: Discount) => Mention[];

/** The look-ups that options allow. */
export function finderWith(options: CandidateOptions): CandidateFinder {
  return (doc, kb, discount) => findCandidates(doc, kb, options, discount);
}

/** Names of more words lend nothing. */
const LONGEST_NAME = 12;
/** Shorter names are no part of a longer one worth following. */
const SHORTEST_PART = 3;

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
  const names = namesOf(doc);
  const followsLonger = options.paths.includes("longer_mention");
  const longer = followsLonger ? longerNames(names) : new Map<string, Name[]>();
  const explained = followsLonger ? longForms(doc) : new Map<string, string[]>();
  const found = new Map<Name, CandidateSet>();
  for (const name of new Set(names)) {
    const long = explained.get(name.surface) ?? explained.get(singular(name.surface)) ?? [];
    found.set(name, new Lookup(kb, options, discount).run(name, longer.get(name.key) ?? [], long));
  }
  return doc.ents.map((span, i): Mention => {
    const name = names[i] as Name;
    return { span, ...name, candidates: found.get(name) as CandidateSet };
  });
}

/** The name of each mention; that of mentions that are written the same is the same object. */
function namesOf(doc: Doc): Name[] {
  const names = new Map<string, Name>();
  return doc.ents.map((span) => {
    const surface = surfaceOf(doc, span);
    let name = names.get(surface);
    if (!name) {
      name = { surface, key: fold(surface) };
      names.set(surface, name);
    }
    return name;
  });
}

function surfaceOf(doc: Doc, { start, end }: Span): string {
  return doc.text.slice(start, end);
}

/** For each abbreviation that the document explains its long form, and the mention that ends there. */
function longForms(doc: Doc): Map<string, string[]> {
  const definitions = definitionsOf(doc);
  if (definitions.length === 0) return new Map();
  const mentionAt = new Map(doc.ents.map((span) => [span.end, span]));
  return new Map(
    definitions.map(({ short, long, end }) => {
      const mention = mentionAt.get(end);
      return [short, [...new Set([long, ...(mention ? [surfaceOf(doc, mention)] : [])])]];
    }),
  );
}

/** For each folded name the longer ones that begin or end with it, at a word boundary; of one fold the first. */
function longerNames(names: readonly Name[]): Map<string, Name[]> {
  const first = new Map<string, Name>();
  for (const name of names) if (!first.has(name.key)) first.set(name.key, name);
  const longer = new Map<string, Name[]>();
  for (const [key, name] of first) {
    if (!key.includes(" ") || key.split(" ").length > LONGEST_NAME) continue;
    for (let at = key.indexOf(" "); at >= 0; at = key.indexOf(" ", at + 1)) {
      for (const part of [key.slice(0, at), key.slice(at + 1)]) {
        if (part.length < SHORTEST_PART || !first.has(part)) continue;
        const lenders = longer.get(part);
        if (!lenders) longer.set(part, [name]);
        else if (lenders.at(-1) !== name) lenders.push(name);
      }
    }
  }
  return longer;
}
