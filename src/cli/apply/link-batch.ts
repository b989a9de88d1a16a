import { lineOf } from "../../formats/doc-jsonl.js";
import { parseRaw, type RawDocument } from "../../formats/raw-documents.js";
import { candidatesToJson } from "../../linker/link-json.js";
import type { DocumentLinker } from "../../linker/linker.js";
import type { Doc } from "../../text/doc.js";
import { type Batch, placeOf } from "./batches.js";

export interface BatchOptions {
  /** Whether each mention comes with its candidates. */
  readonly candidates: boolean;
  /** Finds mentions also where a document says that it has none. */
  readonly detect: boolean;
  /** What messages call the target. */
  readonly output: string;
}

/** Links the documents of a batch together. @returns their lines of JSONL @throws what reading and linking them throws */
export async function linkBatch(
  linker: DocumentLinker,
  batch: Batch,
  { candidates, detect, output }: BatchOptions,
  signal?: AbortSignal,
): Promise<string> {
  const docs: Doc[] = [];
  for (const raw of batch) docs.push(await read(linker, raw, detect));
  let lines = "";
  let number = 0;
  for await (const doc of linker.pipe(docs, { batchSize: docs.length, ...(signal && { signal }) })) {
    const place = placeOf(batch[number++] as RawDocument);
    lines += lineOf(candidatesToJson(doc, candidates), { path: output, number: place });
  }
  return lines;
}

async function read(linker: DocumentLinker, raw: RawDocument, detect: boolean): Promise<Doc> {
  const { doc, isMarked } = parseRaw(raw);
  if (!isMarked || (detect && doc.ents.length === 0)) doc.ents = await linker.detect(doc);
  return doc;
}
