import { docToJson, parseDoc } from "../../formats/doc-json.js";
import { candidatesToJson } from "../../linker/link-json.js";
import type { Linker } from "../../linker/linker.js";
import type { Doc } from "../../text/doc.js";

export interface DocumentsJob {
  /** JSON as in documents.jsonl; mentions are found where `ents` is absent. */
  readonly documents: readonly { readonly ents?: unknown }[];
  /** Whether each mention comes with its candidates. */
  readonly candidates: boolean;
}

/** The answer of each job as JSON; the documents of all are linked in one go. @throws L102, L103, L104, L105 a document that is none */
export function linkDocuments(linker: Linker, inputs: readonly DocumentsJob[]): string[] {
  const read = inputs.map(({ documents }) => documents.map((json, i) => readDocument(linker, json, i)));
  const all = read.flat();
  linker.setAnnotations(all, linker.predict(all));
  return read.map((docs, i) => {
    const { candidates } = inputs[i] as DocumentsJob;
    const documents = docs.map((doc) => docToJson(candidatesToJson(doc, candidates)));
    return JSON.stringify({ documents });
  });
}

function readDocument(linker: Linker, json: { readonly ents?: unknown }, i: number): Doc {
  const doc = parseDoc(json, { file: `documents[${i}]` });
  if (json.ents === undefined || json.ents === null) doc.ents = linker.detect(doc);
  return doc;
}
