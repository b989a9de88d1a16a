import { linkwrightError } from "../errors.js";
import type { Doc } from "../text/doc.js";
import { shownJson } from "../text/shown-json.js";
import { utf16Ranges } from "./code-points.js";
import { IN_MEMORY, parseDoc } from "./doc-json.js";
import {
  isInteger,
  isObject,
  type JsonObject,
  type ReadRecordsOptions,
  readJsonRecords,
  whereOf,
  wrongType,
} from "./json-records.js";

export interface ReadSpacyTrainOptions extends Pick<ReadRecordsOptions, "stdin"> {
  /** Told of each link that lies on no entity, which spaCy leaves out as well. */
  readonly onUnusedLink?: () => void;
}

/** A link that names an id; offsets in code points. */
interface Link {
  readonly start: number;
  readonly end: number;
  readonly id: string;
}

/**
 * spaCy's training examples, JSONL or JSON: `[text, {"entities": [[start, end, label]], "links": {"(start, end)":
 * {"Q1": 1.0, "Q2": 0.0}}, "sents": [[start, end]]?}]` with offsets in code points. Other keys are left out.
 *
 * @throws `readJsonRecords`'s and `parseSpacyTrain`'s errors
 */
export async function* readSpacyTrain(
  path: string,
  options: ReadSpacyTrainOptions = {},
): AsyncGenerator<Doc> {
  const isList = (json: unknown) => Array.isArray(json) && typeof json[0] !== "string";
  for await (const { json, location } of readJsonRecords(path, { ...options, isList })) {
    yield parseSpacyTrain(json, location, options);
  }
}

/**
 * The reference document of a training example, as `Example.from_dict` makes it: an entity gets the last link that
 * covers its beginning and gives an id 1.0; without one it is not annotated (`""`, not NIL). Entities without a label
 * are left out.
 *
 * @throws L102 a field is missing or of the wrong type, L105 entities overlap, L120 offsets out of range, L124 a link
 * gives more than one id 1.0
 */
export function parseSpacyTrain(
  json: unknown,
  location = IN_MEMORY,
  { onUnusedLink }: Pick<ReadSpacyTrainOptions, "onUnusedLink"> = {},
): Doc {
  const where = whereOf(location);
  if (!Array.isArray(json) || json.length !== 2)
    throw wrongType(where, "an example", "[text, {annotations}]", json);
  const [text, annotations] = json as unknown[];
  if (typeof text !== "string") throw wrongType(where, "the text", "a string", text);
  if (!isObject(annotations)) throw wrongType(where, "the annotations", "a JSON object", annotations);
  const toUtf16 = utf16Ranges(text, where);
  const links = linksOf(annotations.links ?? {}, where);
  const used = new Set<Link>();
  const ents = entitiesOf(annotations, where).flatMap(({ start, end, label, key }) => {
    const range = toUtf16(start, end, key);
    const covering = links.filter((link) => link.start <= start && start < link.end);
    for (const link of covering) used.add(link);
    return label === "" ? [] : [{ ...range, label, kb_id: covering.at(-1)?.id ?? "" }];
  });
  for (const link of links) if (!used.has(link)) onUnusedLink?.();
  return parseDoc({ text, ents, sents: sentsOf(annotations, where, toUtf16) }, location);
}

function entitiesOf({ entities = [] }: JsonObject, where: string) {
  if (!Array.isArray(entities)) throw wrongType(where, "entities", "a list of [start, end, label]", entities);
  return entities.map((entity: unknown, i) => {
    const key = `entities[${i}]`;
    const [start, end, label] = Array.isArray(entity) ? (entity as unknown[]) : [];
    if (!isInteger(start) || !isInteger(end) || typeof label !== "string")
      throw wrongType(where, key, "[start, end, label]", entity);
    return { start, end, label, key };
  });
}

/** The links that give an id 1.0, by offsets as keys, `"(0, 5)"`, or as pairs, `[[0, 5], {"Q1": 1.0}]`. */
function linksOf(links: unknown, where: string): Link[] {
  const isPair = (item: unknown): item is [unknown, unknown] => Array.isArray(item) && item.length === 2;
  const pairs = isObject(links) ? Object.entries(links) : links;
  if (!Array.isArray(pairs) || !pairs.every(isPair))
    throw wrongType(where, "links", `a JSON object with keys such as "(0, 5)"`, links);
  return pairs.flatMap(([offsets, scores]) => {
    const key = `links ${typeof offsets === "string" ? offsets : shownJson(offsets)}`;
    if (!isObject(scores)) throw wrongType(where, key, `a JSON object such as {"Q1": 1.0}`, scores);
    const range = offsetsOf(offsets);
    if (!range) throw wrongType(where, "the key of a link", `as "(0, 5)"`, offsets);
    const ids = Object.keys(scores).filter((id) => scores[id] === 1 || scores[id] === true);
    if (ids.length > 1) throw linkwrightError("L124", { where, key, ids });
    return ids.map((id) => ({ ...range, id }));
  });
}

/** Without white space at its ends, where two patterns that both take it would share it out in every way. */
const OFFSETS = /^[([]?\s*(\d+)\s*,\s*(\d+)\s*[)\]]?$/;

function offsetsOf(offsets: unknown): { start: number; end: number } | undefined {
  const pair = typeof offsets === "string" ? OFFSETS.exec(offsets.trim())?.slice(1).map(Number) : offsets;
  if (!Array.isArray(pair) || pair.length !== 2) return undefined;
  const [start, end] = pair as unknown[];
  return isInteger(start) && isInteger(end) ? { start, end } : undefined;
}

function sentsOf({ sents }: JsonObject, where: string, toUtf16: ReturnType<typeof utf16Ranges>): unknown {
  if (!Array.isArray(sents)) return sents;
  return sents.map((sent: unknown, i) => {
    const key = `sents[${i}]`;
    const [start, end] = isObject(sent)
      ? [sent.start, sent.end]
      : Array.isArray(sent)
        ? (sent as unknown[])
        : [];
    if (!isInteger(start) || !isInteger(end)) throw wrongType(where, key, "[start, end]", sent);
    return toUtf16(start, end, key);
  });
}
