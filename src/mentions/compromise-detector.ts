import { createRequire } from "node:module";
import { linkwrightError } from "../errors.js";
import type { Doc, Span } from "../text/doc.js";
import type { MentionDetector } from "./mention-detector.js";
import { LINKABLE_LABELS } from "./options.js";

/** A word as compromise gives it; what stands around it is in `pre` and `post`. */
interface Term {
  readonly text: string;
  readonly pre: string;
  readonly post: string;
  readonly tags: readonly string[];
  readonly offset?: { readonly start: number };
}

interface View {
  json(options: object): readonly { readonly terms: readonly Term[] }[];
}

interface Parsed extends Record<"people" | "places" | "organizations", () => View> {
  match(pattern: string): View;
}

/** What is used of the package. */
type Compromise = (text: string) => Parsed;

const INSTALL = "npm install compromise";
const POSSESSIVE = /['’]s?$/;
const POLITICAL = ["City", "Country", "Region"];
/** Names that are none of anything worth linking. */
const TIMES = ["Date", "Month", "WeekDay"];
const ANY_LABEL: readonly string[] = [...LINKABLE_LABELS, ""];

/**
 * Finds people, places and organisations in English texts by the package compromise, without a knowledge base; and other
 * names, whose kind it does not know, with the label "".
 */
export class CompromiseDetector implements MentionDetector {
  private readonly compromise: Compromise;

  /**
   * @param linkable labels of what is found @default LINKABLE_LABELS and ""
   * @throws L841 the package is not installed
   */
  constructor(
    private readonly linkable: readonly string[] = ANY_LABEL,
    load: (name: string) => unknown = createRequire(import.meta.url),
  ) {
    try {
      this.compromise = load("compromise") as Compromise;
    } catch (cause) {
      throw linkwrightError("L841", { name: "compromise", install: INSTALL }, cause);
    }
  }

  detect(doc: Doc): Span[] {
    // Offsets take compromise longer than in proportion to what it is given.
    return doc.sents.flatMap(({ start, end }) =>
      this.detectIn(doc.text.slice(start, end)).map((span) => ({
        ...span,
        start: span.start + start,
        end: span.end + start,
      })),
    );
  }

  private detectIn(text: string): Span[] {
    const parsed = this.compromise(text);
    const kinds = [
      ...spansOf(text, parsed.people(), () => "PERSON"),
      ...spansOf(text, parsed.organizations(), () => "ORG"),
      ...spansOf(text, parsed.places(), (terms) => (isPolitical(terms) ? "GPE" : "LOC")),
    ];
    const names = spansOf(text, parsed.match("#ProperNoun+"), (terms) => (isName(terms) ? "" : undefined));
    const other = names.filter((name) => !kinds.some((span) => overlap(name, span)));
    return withoutOverlap([...kinds, ...other].filter(({ label }) => this.linkable.includes(label)));
  }
}

/** No time, and no title or office ("President"). */
function isName(terms: readonly Term[]): boolean {
  return !terms.every(
    ({ tags }) =>
      TIMES.some((tag) => tags.includes(tag)) || (tags.includes("Actor") && tags.includes("Singular")),
  );
}

function isPolitical(terms: readonly Term[]): boolean {
  return terms.some(({ tags }) => POLITICAL.some((tag) => tags.includes(tag)));
}

function spansOf(text: string, view: View, labelOf: (terms: readonly Term[]) => string | undefined): Span[] {
  return view.json({ offset: true, terms: { offset: true } }).flatMap(({ terms }) =>
    parted(terms.filter((term) => term.text !== "")).flatMap((part): Span[] => {
      const range = rangeOf(text, part);
      const label = labelOf(part);
      return range && label !== undefined ? [{ ...range, label, kbId: "" }] : [];
    }),
  );
}

/** What compromise takes for one name goes on behind a comma with another, and titles are no part of it. */
function parted(terms: readonly Term[]): Term[][] {
  const parts: Term[][] = [[]];
  for (const term of terms) {
    parts.at(-1)?.push(term);
    if (/[^\s.'’-]/.test(term.post)) parts.push([]);
  }
  return parts.map(withoutTitle).filter((part) => part.length > 0);
}

function withoutTitle(terms: readonly Term[]): Term[] {
  const first = terms.findIndex(({ tags }) => !tags.includes("Honorific"));
  return first < 0 ? [] : terms.slice(first);
}

/** The offsets of some words; none where they are not what the text has there. */
function rangeOf(text: string, terms: readonly Term[]): { start: number; end: number } | undefined {
  const [first, last] = [terms[0] as Term, terms.at(-1) as Term];
  const [start, lastStart] = [first.offset?.start ?? -1, last.offset?.start ?? -1];
  if (!text.startsWith(first.text, start) || !text.startsWith(last.text, lastStart) || start < 0)
    return undefined;
  const end = lastStart + last.text.replace(POSSESSIVE, "").length;
  const isShortened =
    last.tags.includes("Abbreviation") && text[end] === "." && end === lastStart + last.text.length;
  return end > start ? { start, end: isShortened ? end + 1 : end } : undefined;
}

/** Of spans that overlap the longest stays, of equally long ones the first; in the order of their offsets. */
function withoutOverlap(spans: readonly Span[]): Span[] {
  const ranked = [...spans].sort((a, b) => b.end - b.start - (a.end - a.start));
  const kept: Span[] = [];
  for (const span of ranked) {
    if (!kept.some((other) => overlap(other, span))) kept.push(span);
  }
  return kept.sort((a, b) => a.start - b.start);
}

function overlap(a: Span, b: Span): boolean {
  return a.start < b.end && b.start < a.end;
}
