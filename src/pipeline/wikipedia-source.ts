import type { CandidateSource } from "../kb/text-candidate.js";
import { fileCache } from "../mediawiki/file-cache.js";
import { mediaWiki } from "../mediawiki/media-wiki.js";

export interface WikipediaOptions {
  /** Which Wikipedia ("en"), or the address of the api.php of another wiki. */
  readonly wiki: string;
  /** Folder where answers are kept. @default in memory alone */
  readonly cache?: string | undefined;
  /** Answers from the cache alone. @default false */
  readonly offline?: boolean | undefined;
  readonly userAgent?: string | undefined;
}

/** A wiki as the command line names it. */
export function wikipediaSource({
  wiki,
  cache,
  offline = false,
  userAgent,
}: WikipediaOptions): CandidateSource {
  return mediaWiki({
    ...(/^https?:\/\//.test(wiki) ? { api: wiki } : { language: wiki }),
    ...(cache !== undefined && { cache: fileCache(cache) }),
    ...(userAgent !== undefined && { userAgent }),
    offline,
  });
}
