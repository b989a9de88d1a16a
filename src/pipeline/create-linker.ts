import { linkwrightError } from "../errors.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { CandidateSource } from "../kb/text-candidate.js";
import { checkOptions } from "../known-options.js";
import type { DocumentLinker } from "../linker/linker.js";
import type { MentionDetector } from "../mentions/mention-detector.js";
import { LINKABLE_LABELS } from "../mentions/options.js";
import type { PairScorer } from "../pairs/pair-scorer.js";
import { loadDocumentLinker } from "../plugins/load-linker.js";
import { type BackendName, loadBackend } from "../tensor/backend.js";
import { checkLinkerOptions } from "./check-options.js";
import { defaultDetector } from "./default-detector.js";
import type { Disambiguator } from "./disambiguator.js";
import { kbSource } from "./kb-source.js";
import { linkerChanges } from "./linker-changes.js";
import { documentLinks, modelLinks, type UrlOf } from "./model-links.js";
import { isDocumentScorer, modelScorer } from "./model-scorer.js";
import { pairLinks } from "./pair-links.js";
import { TextLinker } from "./text-linker.js";

/** What to link to, by what means. One of `model` and `candidates` is needed. */
export interface CreateLinkerOptions {
  /**
   * A model folder, or that of a knowledge base, which the model links to that ships with linkwright. With `candidates` a
   * model folder whose model chooses among those.
   */
  readonly model?: string | undefined;
  /** Where candidates come from. @default the model's knowledge base */
  readonly candidates?: CandidateSource | undefined;
  /** What chooses among candidates. @default the model; without one the model that ships with linkwright */
  readonly scorer?: PairScorer | undefined;
  /** What finds mentions. @default the names of the model's knowledge base; without one the package compromise */
  readonly detector?: MentionDetector | undefined;
  /**
   * Labels of mentions that are linked; others are left out before candidates are asked for, those without a label stay.
   * Null for all. @default LINKABLE_LABELS; all where the names of a knowledge base find the mentions
   */
  readonly linkableLabels?: readonly string[] | null | undefined;
  /** Words on each side of a mention that a pair scorer reads, 0 to 1000. @default 10 */
  readonly contextTokens?: number | undefined;
  /** Sentences on each side of the mention's own that a model reads, 0 to 1000. @default the model's own */
  readonly nSents?: number | undefined;
  /** Scores below it are no link; on the scorer's scale. @default the scorer's or the model's own */
  readonly threshold?: number | undefined;
  /** Where entities of a knowledge base can be read: "https://www.wikidata.org/wiki/{id}". @default nowhere */
  readonly urls?: string | undefined;
  /** @default "auto" */
  readonly backend?: BackendName | "auto" | undefined;
}

const OPTIONS: readonly (keyof CreateLinkerOptions)[] = [
  "model",
  "candidates",
  "scorer",
  "detector",
  "linkableLabels",
  "contextTokens",
  "nSents",
  "threshold",
  "urls",
  "backend",
];

/** Words on each side of a mention that a pair scorer reads. */
export const CONTEXT_TOKENS = 10;

/**
 * A linker of raw texts: `await createLinker({ model: "folder" })`, or without any model
 * `await createLinker({ candidates: mediaWiki({ language: "en" }) })`.
 * @throws L822 neither model nor candidates, L510 and L827 options that can't be meant, and what loading a model throws
 */
export async function createLinker(options: CreateLinkerOptions): Promise<TextLinker> {
  checkOptions("createLinker()", options, OPTIONS);
  checkLinkerOptions(options);
  const { model, candidates, backend, urls } = options;
  urlsOf(urls);
  if (candidates !== undefined) {
    const scorer = options.scorer ?? modelScorer({ model, backend });
    return textLinker(options, choose(candidates, scorer, options), undefined);
  }
  if (model === undefined) throw linkwrightError("L822", { call: "createLinker()" });
  return linkerOver(await openModel(model, options), options);
}

/** A linker of raw texts over a linker of documents. @throws L510 and L827, L830 a scorer beside a knowledge base that has to be asked */
export function linkerOver(
  linker: DocumentLinker,
  options: Omit<CreateLinkerOptions, "model" | "candidates">,
): TextLinker {
  checkLinkerOptions(options);
  const urlOf = urlsOf(options.urls);
  const disambiguate = options.scorer
    ? choose(sourceOf(linker, urlOf), options.scorer, options)
    : modelLinks(linker, urlOf);
  return textLinker(options, disambiguate, linker);
}

function textLinker(
  { detector, linkableLabels }: CreateLinkerOptions,
  disambiguate: Disambiguator,
  names: DocumentLinker | undefined,
): TextLinker {
  const own: MentionDetector = names ? { detect: (doc) => names.detect(doc) } : defaultDetector();
  const byDefault = names && !detector ? null : LINKABLE_LABELS;
  return new TextLinker({
    detector: detector ?? own,
    linkableLabels: linkableLabels === undefined ? byDefault : linkableLabels,
    disambiguate,
  });
}

/** How links are found among the candidates of a source. */
function choose(
  source: CandidateSource,
  scorer: PairScorer,
  { threshold, nSents, contextTokens = CONTEXT_TOKENS }: CreateLinkerOptions,
): Disambiguator {
  if (isDocumentScorer(scorer)) return documentLinks({ source, scorer, threshold, nSents });
  return pairLinks({ source, scorer, contextTokens, threshold: threshold ?? scorer.threshold });
}

async function openModel(
  path: string,
  { backend = "auto", ...wanted }: CreateLinkerOptions,
): Promise<DocumentLinker> {
  const loaded = await loadBackend(backend);
  return (await loadDocumentLinker(path, loaded, { changes: linkerChanges(wanted) })).linker;
}

/** @throws L830 a knowledge base that has to be asked */
function sourceOf({ kb }: DocumentLinker, urlOf: UrlOf): CandidateSource {
  if (kb instanceof InMemoryLookupKB) return kbSource(kb, { urlOf });
  throw linkwrightError("L830", { found: "a scorer" });
}

/** @throws L827 */
function urlsOf(template: string | undefined): UrlOf {
  if (template === undefined) return () => "";
  if (typeof template !== "string" || !template.includes("{id}")) {
    throw linkwrightError("L827", { found: JSON.stringify(template) });
  }
  return (id) => template.replaceAll("{id}", () => encodeURIComponent(id));
}
