import { fileURLToPath } from "node:url";
import { openKb } from "../kb/open-kb.js";
import { checkOptions } from "../known-options.js";
import { readBaseModel } from "../linker/base-model.js";
import { linkerParts, readBundle } from "../linker/bundle.js";
import type { Config } from "../linker/config.js";
import type { LinkerParts } from "../linker/linker.js";
import type { Link } from "../linker/predict.js";
import type { Pair, PairScorer } from "../pairs/pair-scorer.js";
import { AskingLinker } from "../plugins/asking-linker.js";
import { CandidateService } from "../plugins/candidate-service.js";
import { type BackendName, loadBackend } from "../tensor/backend.js";
import { Doc } from "../text/doc.js";
import { AnsweredKB } from "./answered-kb.js";
import { type AskedCandidates, nameOf, queryOf, type RankedCandidate } from "./ask-candidates.js";
import { decidedByThreshold, FOUND_BY_SEARCH } from "./found-by-search.js";
import { linkerChanges } from "./linker-changes.js";

/** A scorer that reads whole documents where it gets them, with all mentions and their candidates. */
export interface DocumentScorer extends PairScorer {
  /** The links of each document's mentions. */
  linkDocuments(
    docs: readonly Doc[],
    candidates: AskedCandidates,
    options?: DocumentScoreOptions,
  ): Promise<Link[][]>;
}

export interface DocumentScoreOptions {
  /** Probabilities below it are no link. @default the model's own; 0.2 where the source knows no priors */
  readonly threshold?: number | undefined;
  /** Sentences of context before and after the mention's own. @default the model's own */
  readonly nSents?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface ModelScorerOptions {
  /** A model folder. @default the model that ships with linkwright */
  readonly model?: string | undefined;
  /** @default "auto" */
  readonly backend?: BackendName | "auto" | undefined;
}

/** Descriptions on which it is counted how rare words are, where a model has no knowledge base of its own. */
const STARTER_KB = fileURLToPath(new URL("../../../corpus/starter", import.meta.url));

/**
 * linkwright's own model over candidates from anywhere: one that you trained, or the one that ships. It reads whole
 * documents, so that mentions help one another; of a pair alone it reads the context. Loaded when it is first needed.
 */
export function modelScorer(options: ModelScorerOptions = {}): DocumentScorer {
  checkOptions("modelScorer()", options, ["model", "backend"]);
  let loading: Promise<LoadedModel> | undefined;
  const linkDocuments: DocumentScorer["linkDocuments"] = async (docs, candidates, request = {}) => {
    loading ??= load(options);
    const loaded = await loading.catch((error) => {
      loading = undefined;
      throw error;
    });
    return link(loaded, docs, candidates, request);
  };
  return {
    name: "model",
    scale: "probability",
    threshold: 0,
    linkDocuments,
    score: (pairs, { signal } = {}) =>
      scorePairs(pairs, (docs, asked) => linkDocuments(docs, asked, { signal })),
  };
}

export function isDocumentScorer(scorer: PairScorer): scorer is DocumentScorer {
  return "linkDocuments" in scorer;
}

interface LoadedModel {
  readonly config: Config;
  /** With the knowledge base that words were counted on. */
  readonly parts: LinkerParts;
}

async function load({ model, backend = "auto" }: ModelScorerOptions): Promise<LoadedModel> {
  const loaded = await loadBackend(backend);
  const bundle =
    model === undefined
      ? { ...(await readBaseModel()), kb: await openKb(STARTER_KB) }
      : await readBundle(model);
  return { config: bundle.config, parts: { ...linkerParts(bundle, loaded), kb: bundle.kb } };
}

/** Links documents to what was answered about their mentions. */
async function link(
  { config, parts }: LoadedModel,
  docs: readonly Doc[],
  candidates: AskedCandidates,
  { signal, ...wanted }: DocumentScoreOptions,
): Promise<Link[][]> {
  const all = {
    ...config,
    linker: { ...config.linker, candidates_batch_size: Math.max(1, candidates.size) },
  };
  const service = CandidateService.of(new AnsweredKB(candidates), NO_FUNCTIONS, all) as CandidateService;
  const linker = new AskingLinker(
    { ...parts, options: { ...parts.options, ...linkerChanges(wanted) } },
    service,
  );
  const links = await linker.predict(docs, signal);
  const least = wanted.threshold ?? FOUND_BY_SEARCH;
  return links.map((own, d) =>
    own.map((link) => {
      const asked = candidates.get(nameOf(docs[d] as Doc, link));
      return asked?.[0]?.isByRank ? decidedByThreshold(link, least) : link;
    }),
  );
}

const NO_FUNCTIONS = {
  kbLoader: undefined,
  getCandidates: undefined,
  getCandidatesBatch: undefined,
  generateEmptyKb: undefined,
  scorer: undefined,
};

/** Pairs of one mention and context are one question; its document is the context alone. */
async function scorePairs(
  pairs: readonly Pair[],
  link: (docs: readonly Doc[], asked: AskedCandidates) => Promise<Link[][]>,
): Promise<Float32Array> {
  const scores = new Float32Array(pairs.length);
  const questions = new Map<string, number[]>();
  pairs.forEach(({ mention, context }, i) => {
    const key = JSON.stringify([mention, context]);
    questions.set(key, [...(questions.get(key) ?? []), i]);
  });
  for (const places of questions.values()) {
    const own = places.map((i) => pairs[i] as Pair);
    const { mention, context } = own[0] as Pair;
    const candidates = own.map(
      ({ title, text, prior = 1 / own.length }, i): RankedCandidate => ({
        id: String(i),
        title,
        text,
        url: "",
        prior,
        isByRank: false,
      }),
    );
    const start = Math.max(0, context.indexOf(mention));
    const end = context.includes(mention) ? start + mention.length : context.length;
    const doc = new Doc(context, { ents: [{ start, end }] });
    const [links] = await link([doc], new Map([[queryOf(context.slice(start, end)), candidates]]));
    for (const { kbId, score } of links?.[0]?.candidates ?? [])
      scores[places[Number(kbId)] as number] = score;
  }
  return scores;
}
