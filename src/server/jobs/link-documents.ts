import { docToJson, parseDoc } from "../../formats/doc-json.js";
import { candidatesToJson } from "../../linker/link-json.js";
import type { Linker } from "../../linker/linker.js";

export interface DocumentsJob {
  /** JSON as in documents.jsonl; mentions are found where `ents` is absent. */
  readonly documents: readonly { readonly ents?: unknown }[];
  /** Whether each mention comes with its candidates. */
  readonly candidates: boolean;
  /** Number of the first document, for messages. */
  readonly from: number;
}

/** Links documents. @throws L102, L103, L104, L105 a document that is none */
export function linkDocuments(linker: Linker, { documents, candidates, from }: DocumentsJob): object[] {
  const docs = documents.map((json, i) => {
    const doc = parseDoc(json, { file: `documents[${from + i}]` });
    if (json.ents === undefined || json.ents === null) doc.ents = linker.detect(doc);
    return doc;
  });
  linker.setAnnotations(docs, linker.predict(docs));
  return docs.map((doc) => docToJson(candidatesToJson(doc, candidates)));
}
