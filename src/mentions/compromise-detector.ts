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

/** What is used of the package. */
type Compromise = (text: string) => Record<"people" | "places" | "organizations", () => View>;

const INSTALL = "npm install compromise";
const POSSESSIVE = /['’]s?$/;
const POLITICAL = ["City", "Country", "Region"];

/** Finds people, places and organisations in English texts by the package compromise, without a knowledge base. */
export class CompromiseDetector implements MentionDetector {
  private readonly compromise: Compromise;

  /** @throws L841 the package is not installed */
  constructor(
    private readonly linkable: readonly string[] = LINKABLE_LABELS,
    load: (name: string) => unknown = createRequire(import.meta.url),
  ) {
    try {
      this.compromise = load("compromise") as Compromise;
    } catch (cause) {
      throw linkwrightError("L841", { name: "compromise", install: INSTALL }, cause);
    }
  }

  detect(doc: Doc): Span[] {
    const view = this.compromise(doc.text);
    const spans = [
      ...spansOf(doc.text, view.people(), () => "PERSON"),
      ...spansOf(doc.text, view.organizations(), () => "ORG"),
      ...spansOf(doc.text, view.places(), (terms) => (isPolitical(terms) ? "GPE" : "LOC")),
    ];
    return withoutOverlap(spans.filter(({ label }) => this.linkable.includes(label)));
  }
}

function isPolitical(terms: readonly Term[]): boolean {
  return terms.some(({ tags }) => POLITICAL.some((tag) => tags.includes(tag)));
}

function spansOf(text: string, view: View, labelOf: (terms: readonly Term[]) => string): Span[] {
  return view.json({ offset: true, terms: { offset: true } }).flatMap(({ terms }) =>
    parted(terms.filter((term) => term.text !== "")).flatMap((part): Span[] => {
      const range = rangeOf(text, part);
      return range ? [{ ...range, label: labelOf(part), kbId: "" }] : [];
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
    if (kept.every(({ start, end }) => end <= span.start || span.end <= start)) kept.push(span);
  }
  return kept.sort((a, b) => a.start - b.start);
}
