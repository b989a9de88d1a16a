/** linkwright: train an entity linker on your own knowledge base, and run it. The public API for Node. */
export type { RemoteOptions } from "./client/options.js";
export { RemoteError } from "./client/remote-error.js";
export { RemoteKB, type RemoteKBOptions } from "./client/remote-kb.js";
export {
  RemoteLinker,
  type RemoteLinkerOptions,
  type RemoteLinkOptions,
  type RemotePipeOptions,
} from "./client/remote-linker.js";
export { EntityLinker } from "./component/entity-linker.js";
export { Optimizer, type OptimizerOptions } from "./component/optimizer.js";
export type { InitializeOptions, Losses, UpdateOptions } from "./component/options.js";
export { ENTITY_LINKER_DEFAULTS, type EntityLinkerSettings } from "./component/settings.js";
export type { Excludable } from "./component/stored-component.js";
export { type ErrorCode, LinkwrightError } from "./errors.js";
export { docToJson, parseDoc } from "./formats/doc-json.js";
export { readDocs, writeDocs } from "./formats/doc-jsonl.js";
export { type ReadAnyOptions, readAnyDocs } from "./formats/document-formats.js";
export { DOCUMENT_FORMATS, type DocumentFormat } from "./formats/format-names.js";
export { parseSpacyJson } from "./formats/spacy-json.js";
export { parseSpacyTrain } from "./formats/spacy-train.js";
export {
  Candidate,
  type CandidateValues,
  type EntityTexts,
  MATCH_KINDS,
  type MatchKind,
} from "./kb/candidate.js";
export { InMemoryLookupKB, type KbOptions, type KbWarning } from "./kb/in-memory-lookup-kb.js";
export { type Awaitable, KnowledgeBase } from "./kb/knowledge-base.js";
export { openKb } from "./kb/open-kb.js";
export { readKbSource } from "./kb/source.js";
export { readSpacyKb, writeSpacyKb } from "./kb/spacy-kb.js";
export type { CandidateRequest, CandidateSource, TextCandidate } from "./kb/text-candidate.js";
export { bundleFor, readBaseModel } from "./linker/base-model.js";
export { type Bundle, linkerFrom, type Model, readBundle, readModel, writeBundle } from "./linker/bundle.js";
export { type Config, checkConfig, readConfig } from "./linker/config.js";
export type { Calibration, Reason } from "./linker/decide.js";
export {
  decideAsSpacy,
  type SpacyDecision,
  type SpacyDecisionOptions,
  type SpacyMention,
} from "./linker/decide-as-spacy.js";
export { type DocumentLinker, Linker, type LinkerParts, type PipeOptions } from "./linker/linker.js";
export {
  CANDIDATE_DEFAULTS,
  type CandidateOptions,
  LINKER_DEFAULTS,
  type LinkerOptions,
} from "./linker/options.js";
export type { Link, LinkCandidate } from "./linker/predict.js";
export type { CachedCandidates, CandidateCache } from "./mediawiki/candidate-cache.js";
export { type FileCache, type FileCacheOptions, fileCache } from "./mediawiki/file-cache.js";
export { mediaWiki } from "./mediawiki/media-wiki.js";
export { MediaWikiError } from "./mediawiki/mediawiki-error.js";
export type { MediaWikiOptions, WikiLookUp } from "./mediawiki/options.js";
export { CompromiseDetector } from "./mentions/compromise-detector.js";
export { detectMentions } from "./mentions/gazetteer-detector.js";
export { makeDetector, type ReadyDetector } from "./mentions/make-detector.js";
export type { MentionDetector } from "./mentions/mention-detector.js";
export type { MentionFilter } from "./mentions/mention-filter.js";
export {
  type DetectorName,
  LINKABLE_LABELS,
  MENTION_DEFAULTS,
  type MentionOptions,
} from "./mentions/options.js";
export { type FeatureColumn, type FeatureGroupName, featureColumns } from "./model/features/groups.js";
export { MODEL_DEFAULTS, type ModelOptions } from "./model/options.js";
export { type CrossEncoderOptions, crossEncoder } from "./pairs/cross-encoder.js";
export type { Pair, PairScorer, ScoreRequest, ScoreScale } from "./pairs/pair-scorer.js";
export { priorScorer } from "./pairs/prior-scorer.js";
export { type UseLiteOptions, useLite } from "./pairs/use-lite.js";
export { contextOf } from "./pipeline/context.js";
export { type CreateLinkerOptions, createLinker } from "./pipeline/create-linker.js";
export { type KbSourceOptions, kbSource } from "./pipeline/kb-source.js";
export { type DocumentScorer, type ModelScorerOptions, modelScorer } from "./pipeline/model-scorer.js";
export { namedMentions } from "./pipeline/named-mentions.js";
export { type RenderHtmlOptions, renderHtml } from "./pipeline/render/html.js";
export type { LinkedText, Renderable } from "./pipeline/render/linked-text.js";
export type { TextLink, TextLinkCandidate, TextLinks } from "./pipeline/text-link.js";
export type {
  GivenSpan,
  LinkAllOptions,
  LinkTextOptions,
  TextInput,
  TextLinker,
} from "./pipeline/text-linker.js";
export { AskingLinker } from "./plugins/asking-linker.js";
export type {
  GenerateEmptyKb,
  GetCandidates,
  GetCandidatesBatch,
  KbLoader,
  MentionQuery,
  TrainingFunctions,
} from "./plugins/functions.js";
export { type LoadedLinker, loadDocumentLinker, loadLinker } from "./plugins/load-linker.js";
export { registry } from "./plugins/registry.js";
export { type EndToEndScores, evaluateEndToEnd, scoreEndToEnd } from "./scoring/end-to-end.js";
export { type Evaluation, evaluate } from "./scoring/evaluation.js";
export { type LinkScores, PRFScore, type Scorer, scoreLinks } from "./scoring/scorer.js";
export { BACKEND_NAMES, type Backend, type BackendName, loadBackend } from "./tensor/backend.js";
export { Doc, type Example, NIL, type Sentence, type Span, type SpanInit } from "./text/doc.js";
export { sentencize } from "./text/sentencizer.js";
export { tokenize } from "./text/tokenizer.js";
export { sentenceWindow } from "./text/windows.js";
export { type DataReport, reportData } from "./training/data-report.js";
export { type TrainEvents, type TrainOptions, train } from "./training/train.js";
export type { Averages } from "./training/with-averages.js";
export { VERSION } from "./version.js";
