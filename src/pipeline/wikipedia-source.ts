import type { CandidateSource } from "../kb/text-candidate.js";

export interface WikipediaOptions {
  /** Which Wikipedia ("en"), or the address of the api.php of another wiki. */
  readonly wiki: string;
  /** Folder where answers are kept. @default in memory alone */
  readonly cache?: string | undefined;
  /** Answers from the cache alone. @default false */
  readonly offline?: boolean | undefined;
  readonly userAgent?: string | undefined;
}

/** What is used of src/mediawiki. */
interface MediaWiki {
  mediaWiki(options: object): CandidateSource;
}
interface FileCache {
  fileCache(folder: string): unknown;
}

const MEDIA_WIKI: string = "../mediawiki/media-wiki.js";
const FILE_CACHE: string = "../mediawiki/file-cache.js";

/** A wiki as the command line names it. */
export async function wikipediaSource({
  wiki,
  cache,
  offline = false,
  userAgent,
}: WikipediaOptions): Promise<CandidateSource> {
  const { mediaWiki } = (await import(MEDIA_WIKI)) as MediaWiki;
  const { fileCache } = (await import(FILE_CACHE)) as FileCache;
  return mediaWiki({
    ...(/^https?:\/\//.test(wiki) ? { api: wiki } : { language: wiki }),
    ...(cache !== undefined && { cache: fileCache(cache) }),
    ...(userAgent !== undefined && { userAgent }),
    offline,
  });
}
