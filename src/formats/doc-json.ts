import { linkwrightError } from "../errors.js";
import { Doc, type Sentence, type Span } from "../text/doc.js";
import { shownJson } from "../text/shown-json.js";

/** Where a document stands, for messages. */
export interface JsonLocation {
  readonly file: string;
  readonly line?: number;
}

/** What messages call a document that comes from no file. */
export const IN_MEMORY: JsonLocation = { file: "the document" };

type JsonObject = Record<string, unknown>;

/**
 * A document out of its JSON, spaCy's `Doc.to_json` shape with UTF-16 offsets. `null` counts as absent; keys that
 * linkwright does not know go to `meta` of the document and of its spans; spans come in the order of their offsets.
 *
 * @throws L102 a field is missing or of the wrong type, L103 offsets out of range, L104 offsets inside a surrogate
 * pair, L105 spans or sentences overlap
 */
export function parseDoc(json: unknown, location = IN_MEMORY): Doc {
  const where = location.line === undefined ? location.file : `${location.file}:${location.line}`;
  const { id, text, ents, sents, ...meta } = objectOf(json, "a document", where);
  if (typeof text !== "string") throw wrongType(where, "text", "a string", text);
  const spans = listOf(ents ?? [], "ents", where).map((ent, i) => parseSpan(ent, text, `ents[${i}]`, where));
  return new Doc(text, {
    id: stringOf(id, "id", where),
    ents: inOrder(spans, "ents", where),
    sents: isAbsent(sents) ? undefined : parseSents(sents, text, where),
    meta,
  });
}

/** The JSON object of a document. Sentences are written only when the document came with them. */
export function docToJson(doc: Doc): JsonObject {
  const json: JsonObject = {};
  if (doc.id !== "") json.id = doc.id;
  json.text = doc.text;
  json.ents = doc.ents.map(spanToJson);
  if (doc.hasGivenSents) json.sents = doc.sents;
  return withMeta(json, doc.meta);
}

function spanToJson({ start, end, label, kbId, score, reason, oneOf, candidates, meta }: Span): JsonObject {
  const json: JsonObject = { start, end, label, kb_id: kbId };
  if (score !== undefined) json.score = score;
  if (reason !== undefined) json.reason = reason;
  if (oneOf !== undefined) json.one_of = oneOf;
  if (candidates !== undefined) json.candidates = candidates;
  return withMeta(json, meta);
}

/** The known keys first and with their own values, then the unknown ones. */
function withMeta(json: JsonObject, meta: JsonObject | undefined): JsonObject {
  return meta === undefined || Object.keys(meta).length === 0 ? json : { ...json, ...meta, ...json };
}

function parseSpan(json: unknown, text: string, key: string, where: string): Span {
  const { start, end, label, kb_id, score, reason, one_of, candidates, ...meta } = objectOf(json, key, where);
  const span: Span = {
    ...rangeOf(start, end, text, key, where),
    label: stringOf(label, `${key}.label`, where),
    kbId: stringOf(kb_id, `${key}.kb_id`, where),
  };
  if (!isAbsent(score)) {
    if (typeof score !== "number" || !Number.isFinite(score))
      throw wrongType(where, `${key}.score`, "a finite number", score);
    span.score = score;
  }
  if (!isAbsent(reason)) span.reason = stringOf(reason, `${key}.reason`, where);
  if (!isAbsent(one_of)) {
    const ids = listOf(one_of, `${key}.one_of`, where);
    span.oneOf = ids.map((id, i) => stringOf(id, `${key}.one_of[${i}]`, where));
  }
  if (!isAbsent(candidates)) span.candidates = listOf(candidates, `${key}.candidates`, where);
  if (Object.keys(meta).length > 0) span.meta = meta;
  return span;
}

/** Keys beside `start` and `end` stay in the sentences and so are written back. */
function parseSents(json: unknown, text: string, where: string): Sentence[] {
  const sents = listOf(json, "sents", where).map((sent, i) => {
    const key = `sents[${i}]`;
    const object = objectOf(sent, key, where);
    return { ...object, ...rangeOf(object.start, object.end, text, key, where) };
  });
  return inOrder(sents, "sents", where);
}

function rangeOf(start: unknown, end: unknown, text: string, key: string, where: string): Sentence {
  if (!isInteger(start)) throw wrongType(where, `${key}.start`, "an integer", start);
  if (!isInteger(end)) throw wrongType(where, `${key}.end`, "an integer", end);
  const { length } = text;
  if (start < 0 || end <= start || end > length)
    throw linkwrightError("L103", { where, key, start, end, length });
  for (const offset of [start, end]) {
    if (splitsPair(text, offset)) throw linkwrightError("L104", { where, key, offset });
  }
  return { start, end };
}

/** Sorted by offset when they are not. */
function inOrder<T extends Sentence>(ranges: T[], key: string, where: string): T[] {
  const isSorted = ranges.every((range, i) => i === 0 || (ranges[i - 1]?.end ?? 0) <= range.start);
  if (isSorted) return ranges;
  const order = [...ranges.keys()].sort((a, b) => (ranges[a]?.start ?? 0) - (ranges[b]?.start ?? 0));
  const sorted = order.flatMap((i) => ranges[i] ?? []);
  sorted.forEach((range, i) => {
    const before = sorted[i - 1];
    if (before === undefined || before.end <= range.start) return;
    throw linkwrightError("L105", {
      where,
      key: `${key}[${order[i - 1]}]`,
      other: `${key}[${order[i]}]`,
      range: `${before.start} to ${before.end}`,
      otherRange: `${range.start} to ${range.end}`,
    });
  });
  return sorted;
}

function splitsPair(text: string, offset: number): boolean {
  return isSurrogate(text.charCodeAt(offset - 1), 0xd800) && isSurrogate(text.charCodeAt(offset), 0xdc00);
}

function isSurrogate(code: number, first: number): boolean {
  return code >= first && code < first + 0x400;
}

function isInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}

function isAbsent(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

function objectOf(value: unknown, key: string, where: string): JsonObject {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw wrongType(where, key, "a JSON object", value);
  }
  return value as JsonObject;
}

function listOf(value: unknown, key: string, where: string): readonly unknown[] {
  if (!Array.isArray(value)) throw wrongType(where, key, "a list", value);
  return value;
}

function stringOf(value: unknown, key: string, where: string): string {
  if (isAbsent(value)) return "";
  if (typeof value !== "string") throw wrongType(where, key, "a string", value);
  return value;
}

function wrongType(where: string, key: string, expected: string, value: unknown): Error {
  return linkwrightError("L102", { where, key, expected, found: shownJson(value) });
}
