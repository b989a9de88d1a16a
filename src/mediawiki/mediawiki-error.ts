import { LinkwrightError, messages } from "../errors.js";

export type WikiErrorCode = "L803" | "L804" | "L805" | "L806" | "L807" | "L808" | "L809" | "L810";

/** What is known beside the message. */
export interface MediaWikiErrorFields {
  /** The mentions that have no candidates for it, as they were asked. */
  readonly mentions: readonly string[];
  readonly host: string;
  readonly status?: number | undefined;
  readonly tries?: number | undefined;
  readonly cause?: unknown;
}

/**
 * A wiki that can't be reached (L803), refuses (L804 by its status, L807 by its API's error), answers too late (L805),
 * answers nonsense (L806), isn't asked since it is offline (L808), lacks an extension (L809), asks for too long a wait (L810).
 */
export class MediaWikiError extends LinkwrightError {
  readonly mentions: readonly string[];
  /** Host of the wiki, with its port. */
  readonly host: string;
  /** The last answer's HTTP status, where there was one. */
  readonly status: number | undefined;
  /** How often the wiki was asked; 0 where it was not. */
  readonly tries: number;

  constructor(code: WikiErrorCode, message: string, fields: MediaWikiErrorFields) {
    super(code, message, fields.cause === undefined ? undefined : { cause: fields.cause });
    this.mentions = fields.mentions;
    this.host = fields.host;
    this.status = fields.status;
    this.tries = fields.tries ?? 0;
  }
}

/** What a message says beside the mentions and the host. */
export type WikiErrorArguments<C extends WikiErrorCode> = Omit<
  Parameters<(typeof messages)[C]>[0],
  "mentions" | "host" | "unasked"
>;

/** A request that failed for good, and does not know yet whose candidates it was to bring. */
export class WikiFailure extends Error {
  constructor(
    /** The error for some mentions, so many of which were not asked for any more. */
    readonly errorFor: (mentions: readonly string[], unasked?: number) => MediaWikiError,
    /** Whether it was made; else it waited while others failed. */
    readonly isAsked = true,
  ) {
    super("a request to a wiki failed");
  }

  /** The same failure for a request that has still been waiting. */
  ofUnasked(): WikiFailure {
    return new WikiFailure(this.errorFor, false);
  }
}

export function wikiFailure<C extends WikiErrorCode>(
  code: C,
  args: WikiErrorArguments<C>,
  fields: Omit<MediaWikiErrorFields, "mentions">,
): WikiFailure {
  return new WikiFailure((mentions, unasked = 0) => {
    const tries = unasked < mentions.length ? fields.tries : 0;
    const all = { ...args, host: fields.host, tries, unasked, mentions: shownMentions(mentions) };
    const message = (messages[code] as unknown as (args: unknown) => string)(all);
    return new MediaWikiError(code, message, { ...fields, tries, mentions });
  });
}

/** Mentions of a message. */
const SHOWN = 5;
/** Characters of a mention of a message. */
const LONGEST = 60;

function shownMentions(mentions: readonly string[]): string {
  const shown = mentions
    .slice(0, SHOWN)
    .map((mention) => JSON.stringify(mention.length > LONGEST ? `${mention.slice(0, LONGEST)}...` : mention));
  const more = mentions.length > SHOWN ? ` and ${mentions.length - SHOWN} more` : "";
  return shown.join(", ") + more;
}
