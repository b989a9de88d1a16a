/** Candidates from Wikipedia or any MediaWiki alone, for browsers too: nothing here needs Node. */
export { type ErrorCode, LinkwrightError } from "./errors.js";
export type { CandidateRequest, CandidateSource, TextCandidate } from "./kb/text-candidate.js";
export type { CachedCandidates, CandidateCache } from "./mediawiki/candidate-cache.js";
export { mediaWiki } from "./mediawiki/media-wiki.js";
export { MediaWikiError } from "./mediawiki/mediawiki-error.js";
export type { MediaWikiOptions, WikiLookUp } from "./mediawiki/options.js";
