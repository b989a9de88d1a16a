import { LinkwrightError } from "../errors.js";
import { parseDoc } from "../formats/doc-json.js";
import { checkOptions } from "../known-options.js";
import { candidateFromJson } from "../linker/link-json.js";
import type { DocumentLinker, PipeOptions } from "../linker/linker.js";
import { inBatches } from "../text/batches.js";
import { Doc, type Span } from "../text/doc.js";
import { Connection } from "./connection.js";
import { inOrder } from "./in-order.js";
import { REMOTE_OPTION_NAMES, type RemoteOptions } from "./options.js";
import { type RemoteError, remoteError } from "./remote-error.js";

export interface RemoteLinkerOptions extends RemoteOptions {
  /** Documents of one request. @default 32 */
  readonly batchSize?: number | undefined;
}

export interface RemoteLinkOptions {
  /** Whether each mention comes with its candidates. @default true */
  readonly candidates?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface RemotePipeOptions extends PipeOptions, RemoteLinkOptions {
  readonly signal?: AbortSignal;
  /** Requests that are under way at once. @default 4 */
  readonly concurrency?: number | undefined;
}

const PATH = "/v1/link";

/**
 * Links by a linkwright server, in Node and in browsers.
 *
 *     const linker = new RemoteLinker({ url: "http://127.0.0.1:8080" });
 *     const [doc] = await linker.link(["Mercury has no moon."]);
 */
export class RemoteLinker implements Pick<DocumentLinker, "pipe"> {
  private readonly connection: Connection;
  private readonly batchSize: number;

  /** @throws L001, L705 */
  constructor({ batchSize = 32, ...options }: RemoteLinkerOptions) {
    checkOptions("new RemoteLinker", options, [...REMOTE_OPTION_NAMES, "batchSize"]);
    this.connection = new Connection(options);
    this.batchSize = batchSize;
  }

  /**
   * Links documents in place, and gives them; of a text it makes a document, whose mentions the server finds.
   * @throws RemoteError, and the signal's reason; documents of batches that were answered before are linked then
   */
  async link(docs: readonly (Doc | string)[], options: RemoteLinkOptions = {}): Promise<Doc[]> {
    const linked: Doc[] = [];
    const { candidates, signal } = options;
    for await (const doc of this.pipe(docs, { candidates, ...(signal && { signal }) })) linked.push(doc);
    return linked;
  }

  /** Links a stream of documents, in order; requests overlap. @throws as {@link link} */
  async *pipe(
    docs: AsyncIterable<Doc | string> | Iterable<Doc | string>,
    options: RemotePipeOptions = {},
  ): AsyncGenerator<Doc> {
    const { batchSize = this.batchSize, flushAfterMs, candidates = true, concurrency = 4, signal } = options;
    const batches = inBatches(docs, { batchSize, flushAfterMs });
    const link = (batch: (Doc | string)[], stop: AbortSignal): Promise<Doc[]> =>
      this.linkBatch(batch, candidates, stop);
    for await (const batch of inOrder(batches, link, { concurrency, signal })) yield* batch;
  }

  private async linkBatch(
    batch: readonly (Doc | string)[],
    candidates: boolean,
    signal: AbortSignal,
  ): Promise<Doc[]> {
    const path = candidates ? PATH : `${PATH}?candidates=false`;
    const answer = await this.connection.post(path, { documents: batch.map(toJson) }, signal);
    const url = this.connection.urlOf(path);
    const documents = (answer as { documents?: unknown } | null)?.documents;
    if (!Array.isArray(documents) || documents.length !== batch.length) {
      throw nonsense(url, `no list of ${batch.length} documents`);
    }
    const linked = batch.map((doc, i) => fromJson(documents[i], doc, url));
    return linked.map(({ doc, ents }) => {
      doc.ents = ents;
      return doc;
    });
  }
}

/** What the server needs of a document. */
function toJson(doc: Doc | string): object {
  if (typeof doc === "string") return { text: doc };
  const { text, hasGivenSents, sents } = doc;
  const ents = doc.ents.map(({ start, end, label, kbId }) => ({ start, end, label, kb_id: kbId }));
  return { text, ents, ...(hasGivenSents && { sents: sents.map(({ start, end }) => ({ start, end })) }) };
}

/** A document and its links, which are not written into it yet. */
function fromJson(json: unknown, asked: Doc | string, url: string): { doc: Doc; ents: Span[] } {
  const answer = parsed(json, url);
  if (typeof asked === "string") {
    if (answer.text !== asked) throw nonsense(url, "another text");
    return { doc: new Doc(asked), ents: answer.ents.map(withCandidates) };
  }
  const order = [...asked.ents.keys()].sort((a, b) => startOf(asked, a) - startOf(asked, b));
  const ents = [...asked.ents];
  if (answer.text !== asked.text || answer.ents.length !== ents.length)
    throw nonsense(url, "another document");
  order.forEach((own, i) => {
    const { start, end, meta } = asked.ents[own] as Span;
    const span = answer.ents[i] as Span;
    if (span.start !== start || span.end !== end) throw nonsense(url, "other mentions");
    ents[own] = { ...withCandidates(span), ...(meta && { meta }) };
  });
  return { doc: asked, ents };
}

const startOf = ({ ents }: Doc, i: number): number => (ents[i] as Span).start;

function parsed(json: unknown, url: string): Doc {
  try {
    return parseDoc(json, { file: "the answer" });
  } catch (error) {
    if (!(error instanceof LinkwrightError)) throw error;
    throw nonsense(url, `a document that is none (${error.message})`, error);
  }
}

function withCandidates({ candidates, ...span }: Span): Span {
  if (!candidates) return span;
  return { ...span, candidates: (candidates as { kb_id: string }[]).map(candidateFromJson) };
}

function nonsense(url: string, found: string, cause?: unknown): RemoteError {
  return remoteError("L703", { url, found, expected: "each document with its links" }, { cause });
}
