import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { ModelOptions } from "../../src/model/options.js";
import type { Doc } from "../../src/text/doc.js";
import { marked, tinyKb } from "../fixtures.js";
import { ALL_FEATURES, featurizerOf, memoryOf, rareWords, withCandidates } from "./feature-rows.js";

const kb = tinyKb();
const model: ModelOptions = { ...ALL_FEATURES, features: ["memory"], relativeFeatures: false };

function rowsOfFirst(docs: readonly Doc[]): Record<string, number>[] {
  const vocabulary = rareWords(["seine", "texa", "myth"]);
  const featurizer = featurizerOf({ kb, vocabulary, memory: memoryOf(docs, kb, vocabulary), model });
  const given = docs.map((doc) => withCandidates(doc, kb));
  const { features, featureWidth, rowStart } = featurizer.featurize(given, { areRemembered: true });
  return Array.from({ length: rowStart[1] as number }, (_, row) =>
    Object.fromEntries(
      featurizer.columns.map(({ name }, f) => [name, features[row * featureWidth + f] as number]),
    ),
  );
}

describe("a remembered document's own golds don't show in its features", () => {
  it("where its answer is what makes a name ambiguous", () => {
    const others = Array.from({ length: 40 }, () => marked("Seine [Paris|Q1]"));
    const as = (id: string): Record<string, number>[] =>
      rowsOfFirst([marked(`Seine [Paris|${id}]`), ...others]);
    assert.deepEqual(as("Q2"), as("Q1"));
  });

  it("where an entity has more contexts than the 24 that are compared with", () => {
    // two names of 20 contexts each, both under the limit of a name
    const others = [
      ...Array.from({ length: 20 }, () => marked("Seine [Paris Hilton|Q3]")),
      ...Array.from({ length: 20 }, () => marked("Seine [Paris|Q3]")),
    ];
    const as = (id: string): Record<string, number>[] =>
      rowsOfFirst([marked(`Seine [Paris|${id}]`), ...others]);
    assert.deepEqual(as("Q1"), as("Q3"));
  });
});
