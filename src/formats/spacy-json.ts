import type { Doc } from "../text/doc.js";
import { utf16Ranges } from "./code-points.js";
import { IN_MEMORY, parseDoc } from "./doc-json.js";
import { isInteger, isObject, type ReadRecordsOptions, readJsonRecords, whereOf } from "./json-records.js";

/**
 * Documents as spaCy's `Doc.to_json` gives them, JSONL or JSON. `to_json` writes no `kb_id` into `ents`; where a file
 * has one it counts. Tokens, span groups and custom attributes by place are left out, other keys are kept.
 *
 * @throws `readJsonRecords`'s and `parseSpacyJson`'s errors
 */
export async function* readSpacyJson(
  path: string,
  options: Pick<ReadRecordsOptions, "stdin"> = {},
): AsyncGenerator<Doc> {
  for await (const { json, location } of readJsonRecords(path, options)) yield parseSpacyJson(json, location);
}

/**
 * A document out of what `Doc.to_json` gives.
 * @throws L120 offsets out of range, L102 a field is missing or of the wrong type, L105 spans or sentences overlap
 */
export function parseSpacyJson(json: unknown, location = IN_MEMORY): Doc {
  if (!isObject(json) || typeof json.text !== "string") return parseDoc(json, location); // which says what is wrong
  const { tokens, spans, underscore_token, underscore_span, ...kept } = json;
  const toUtf16 = utf16Ranges(json.text, whereOf(location));
  const converted = (list: unknown, key: string): unknown => {
    if (!Array.isArray(list)) return list;
    return list.map((item: unknown, i) => {
      if (!isObject(item)) return item;
      const { start, end } = item;
      if (!isInteger(start) || !isInteger(end)) return item;
      return { ...item, ...toUtf16(start, end, `${key}[${i}]`) };
    });
  };
  return parseDoc(
    { ...kept, ents: converted(kept.ents, "ents"), sents: converted(kept.sents, "sents") },
    location,
  );
}
