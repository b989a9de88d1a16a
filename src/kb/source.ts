import { join } from "node:path";
import { linkwrightError } from "../errors.js";
import { InMemoryLookupKB, type KbOptions } from "./in-memory-lookup-kb.js";
import {
  eachJsonLine,
  type JsonObject,
  numbersOf,
  optionalNumberOf,
  optionalNumbersOf,
  optionalStringOf,
  type Place,
  type ReadProgress,
  stringOf,
  stringsOf,
  whereIs,
  wrongField,
} from "./json-lines.js";
import { addNameAliases } from "./name-aliases.js";

export interface KbSourceOptions extends KbOptions {
  /** Told after each megabyte or so of each file. */
  readonly onProgress?: ((progress: ReadProgress) => void) | undefined;
  /** Whether each entity is to be found by its name also where no alias says so. @default true */
  readonly nameAsAlias?: boolean | undefined;
}

/**
 * Makes a knowledge base of a folder with
 * - `entities.jsonl`: `{"id", "name"?, "description"?, "type"?, "freq"?, "vector"?}` a line, and
 * - `aliases.jsonl`: `{"alias", "entities": [...], "probabilities": [...]}` a line, or `"counts"`, of which the
 *   probabilities are the shares.
 *
 * The first vector says how long all are, unless `entityVectorLength` does. An alias that is there twice counts once
 * (W017). Other keys are ignored. Errors name file and line.
 * @throws L107, L221 to L226, and what `addEntity` and `addAlias` throw
 */
export async function readKbSource(dir: string, options: KbSourceOptions = {}): Promise<InMemoryLookupKB> {
  const { entityVectorLength, onProgress, onWarning, nameAsAlias = true } = options;
  let current: Place | undefined;
  const kb = new InMemoryLookupKB({
    entityVectorLength,
    onWarning: ({ code, message }) =>
      onWarning?.({ code, message: current ? `${whereIs(current)}: ${message}` : message }),
  });
  const addTo = (add: (kb: InMemoryLookupKB, json: JsonObject, place: Place) => void) => {
    return (json: JsonObject, place: Place): void => {
      current = place;
      add(kb, json, place);
    };
  };
  await eachJsonLine(join(dir, "entities.jsonl"), addTo(entityAdder(entityVectorLength)), onProgress);
  await eachJsonLine(join(dir, "aliases.jsonl"), addTo(addAlias), onProgress);
  current = undefined;
  if (nameAsAlias) addNameAliases(kb);
  return kb;
}

/** @param vectorLength of all vectors @default the first one's */
function entityAdder(vectorLength: number | undefined) {
  return (kb: InMemoryLookupKB, json: JsonObject, place: Place): void => {
    const id = stringOf(json, "id", place);
    if (kb.containsEntity(id)) throw linkwrightError("L224", { where: whereIs(place), entity: id });
    const vector = optionalNumbersOf(json, "vector", place);
    if (vector && vectorLength === undefined && !kb.vectors) {
      kb.setVectors(new Float32Array(kb.getSizeEntities() * vector.length), vector.length);
    }
    kb.addEntity(id, {
      name: optionalStringOf(json, "name", place),
      description: optionalStringOf(json, "description", place),
      type: optionalStringOf(json, "type", place),
      freq: optionalNumberOf(json, "freq", place),
      vector,
    });
  };
}

function addAlias(kb: InMemoryLookupKB, json: JsonObject, place: Place): void {
  const alias = stringOf(json, "alias", place);
  const entities = stringsOf(json, "entities", place);
  if (json.probabilities !== undefined) {
    kb.addAlias(alias, entities, numbersOf(json, "probabilities", place));
  } else if (json.counts !== undefined) {
    kb.addAlias(alias, entities, shares(numbersOf(json, "counts", place), place));
  } else {
    throw linkwrightError("L226", { where: whereIs(place), alias });
  }
}

function shares(counts: readonly number[], place: Place): number[] {
  const sum = counts.reduce((total, count) => total + count, 0);
  const isWrong =
    counts.some((count) => !(count >= 0)) || (counts.length > 0 && !(sum > 0 && Number.isFinite(sum)));
  if (isWrong) throw wrongField("counts", counts, { expected: "numbers of 0 or more, not all 0", place });
  return counts.map((count) => count / sum);
}
