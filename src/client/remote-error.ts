import { LinkwrightError, messages } from "../errors.js";

/** What is known beside the message. */
export interface RemoteErrorFields {
  readonly url: string;
  readonly status?: number | undefined;
  readonly detail?: unknown;
  readonly cause?: unknown;
}

type RemoteCode = "L701" | "L702" | "L703" | "L704";

/** A server that can't be reached (L701), refuses (L702), answers nonsense (L703) or too late (L704). */
export class RemoteError extends LinkwrightError {
  readonly url: string;
  /** The answer's HTTP status, where there was one. */
  readonly status: number | undefined;
  /** What the server says is wrong: linkwright's gives a list of `{ loc, msg, type }`. */
  readonly detail: unknown;

  constructor(code: RemoteCode, message: string, { url, status, detail, cause }: RemoteErrorFields) {
    super(code, message, cause === undefined ? undefined : { cause });
    this.url = url;
    this.status = status;
    this.detail = detail;
  }
}

/** The error of a code, its message filled in. */
export function remoteError<C extends RemoteCode>(
  code: C,
  args: Parameters<(typeof messages)[C]>[0],
  fields: Omit<RemoteErrorFields, "url"> = {},
): RemoteError {
  const message = (messages[code] as (args: Parameters<(typeof messages)[C]>[0]) => string)(args);
  return new RemoteError(code, message, { url: args.url, ...fields });
}
