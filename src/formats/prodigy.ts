import { linkwrightError } from "../errors.js";
import { type Doc, NIL } from "../text/doc.js";
import { utf16Ranges } from "./code-points.js";
import { type JsonLocation, parseDoc } from "./doc-json.js";
import {
  isInteger,
  isObject,
  type JsonObject,
  type ReadRecordsOptions,
  readJsonRecords,
  whereOf,
  wrongType,
} from "./json-records.js";

const ANSWERS = ["accept", "reject", "ignore"];

export interface ReadProdigyOptions extends Pick<ReadRecordsOptions, "stdin"> {
  /** Told the answer of each record that is left out: "reject" or "ignore". */
  readonly onSkip?: (answer: string) => void;
}

/**
 * Annotations from Prodigy as in spaCy's entity linking tutorial (`prodigy db-out`), JSONL or JSON: a record has a text,
 * one span and the id that was chosen for it. Records that were rejected or ignored are left out.
 *
 * @throws `readJsonRecords`'s and `parseProdigy`'s errors
 */
export async function* readProdigy(path: string, options: ReadProdigyOptions = {}): AsyncGenerator<Doc> {
  for await (const { json, location } of readJsonRecords(path, options)) {
    const answer = answerOf(json, whereOf(location));
    if (answer === "accept") yield parseProdigy(json, location);
    else options.onSkip?.(answer);
  }
}

/**
 * The document of an accepted record. The chosen id goes to its span, `"NIL_otherLink"` and `"NIL_ambiguous"` as NIL;
 * a span that nothing was chosen for keeps the `kb_id` that it has.
 *
 * @throws L120 offsets out of range, L102 a field is missing or of the wrong type, L105 spans overlap, L123 several ids,
 * or an id and several spans
 */
export function parseProdigy(json: unknown, location: JsonLocation): Doc {
  const where = whereOf(location);
  if (!isObject(json) || typeof json.text !== "string") return parseDoc(json, location); // which says what is wrong
  const { text, spans = [] } = json;
  if (!Array.isArray(spans)) throw wrongType(where, "spans", "a list", spans);
  const chosen = chosenId(json, spans.length, where);
  const toUtf16 = utf16Ranges(text, where);
  const ents = spans.map((span: unknown, i) => {
    const key = `spans[${i}]`;
    if (!isObject(span)) throw wrongType(where, key, "a JSON object", span);
    const { start, end, label, kb_id } = span;
    if (!isInteger(start)) throw wrongType(where, `${key}.start`, "an integer", start);
    if (!isInteger(end)) throw wrongType(where, `${key}.end`, "an integer", end);
    return { ...toUtf16(start, end, key), label, kb_id: chosen ?? kb_id };
  });
  return parseDoc({ text, ents }, location);
}

function answerOf(json: unknown, where: string): string {
  const answer = isObject(json) ? (json.answer ?? "accept") : "accept";
  if (ANSWERS.includes(answer as string)) return answer as string;
  throw wrongType(where, "answer", `"accept", "reject" or "ignore"`, answer);
}

function chosenId({ accept }: JsonObject, spans: number, where: string): string | undefined {
  const ids = accept ?? [];
  if (!Array.isArray(ids)) throw wrongType(where, "accept", "a list", ids);
  const [id] = ids as unknown[];
  if (id === undefined) return undefined;
  if (typeof id !== "string") throw wrongType(where, "accept[0]", "a string", id);
  if (ids.length > 1 || spans !== 1) throw linkwrightError("L123", { where, ids: ids.length, spans });
  return id.startsWith(`${NIL}_`) ? NIL : id;
}
