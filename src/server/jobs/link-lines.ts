import { LinkwrightError } from "../../errors.js";
import { docToJson, parseDoc } from "../../formats/doc-json.js";
import { candidatesToJson } from "../../linker/link-json.js";
import type { Linker } from "../../linker/linker.js";
import type { Doc } from "../../text/doc.js";
import { DEEPEST, isTooDeep } from "../nesting.js";

export interface LinesJob {
  /** Documents, a line of JSON each; mentions are found where `ents` is absent. */
  readonly lines: readonly string[];
  /** Number of the first line, for messages. */
  readonly firstLine: number;
  /** Whether each mention comes with its candidates. */
  readonly candidates: boolean;
}

/** Links the documents of a stream: a line for a line; one that is no document is answered by what is wrong with it. */
export function linkLines(linker: Linker, { lines, firstLine, candidates }: LinesJob): string[] {
  const read = lines.map((line, i) => readLine(linker, line, firstLine + i));
  const docs = read.flatMap((one) => ("doc" in one ? [one.doc] : []));
  linker.setAnnotations(docs, linker.predict(docs));
  return read.map((one) =>
    JSON.stringify("doc" in one ? docToJson(candidatesToJson(one.doc, candidates)) : one),
  );
}

function readLine(linker: Linker, line: string, number: number): { doc: Doc } | { detail: object[] } {
  const refused = (msg: string, type: string): { detail: object[] } => {
    return { detail: [{ loc: ["body", number], msg, type }] };
  };
  if (isTooDeep(line)) return refused(`nested deeper than ${DEEPEST}`, "value_error.json");
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (error) {
    return refused(`not JSON: ${(error as Error).message}`, "value_error.json");
  }
  try {
    const doc = parseDoc(json, { file: "body", line: number });
    const { ents } = json as { readonly ents?: unknown };
    if (ents === undefined || ents === null) doc.ents = linker.detect(doc);
    return { doc };
  } catch (error) {
    if (error instanceof LinkwrightError) return refused(error.message, "value_error");
    throw error;
  }
}
