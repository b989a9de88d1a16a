import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FEATURE_GROUPS } from "../../../src/model/features/groups.js";
import type { ModelOptions } from "../../../src/model/options.js";
import { buildVocabulary, type Vocabulary } from "../../../src/model/vocabulary.js";
import { type Doc, NIL } from "../../../src/text/doc.js";
import { assertClose, ENTITIES, marked, tinyDocs, tinyKb } from "../../fixtures.js";
import {
  ALL_FEATURES,
  featureRows,
  featurizerOf,
  memoryOf,
  rareWords,
  withCandidates,
} from "../feature-rows.js";

const kb = tinyKb();
const MEMORY_ALONE: ModelOptions = { ...ALL_FEATURES, features: ["memory"], relativeFeatures: false };

/** Asserts features of the text's first mention, by candidate, after training documents. */
function assertMemory(
  trained: readonly string[],
  text: string,
  expected: Readonly<Record<string, Readonly<Record<string, number>>>>,
): void {
  const vocabulary = rareWords(["seine", "texa", "myth"]);
  const docs = trained.map((own) => marked(own));
  const memory = memoryOf(docs, kb, vocabulary);
  const rows = featureRows(marked(text), 0, { kb, vocabulary, memory, model: MEMORY_ALONE });
  for (const [id, features] of Object.entries(expected)) {
    for (const [name, value] of Object.entries(features)) {
      const found = rows.get(id)?.[name];
      assert.ok(Math.abs((found as number) - value) < 1e-5, `${name} of ${id}: ${found}, not ${value}`);
    }
  }
}

describe("memory: the words beside and around a name", () => {
  // The mention's neighbours are edge, seine | myth, edge. All seven collocations of them (four words alone, three
  // pairs) are in the first context; edge alone on both sides, seine, and edge with seine in the second; edge on both
  // sides, myth, and myth with edge in the third.
  const trained = ["Seine [Paris|Q1] myth", "Seine [Paris|Q1]", "Texas [Paris|Q2] myth"];
  const text = "Seine [Paris] myth";

  it("neighbours: each word and pair by how it was shared out among the name's contexts", () => {
    // Q1 has 2 of 3 contexts. Edge 3 of 3, its own 2: (2 + 1) / (2 + 1). Seine, and edge with seine, 2 of 3, both its
    // own: (2 / (2/3) + 1) / 3 = 4/3. Seine with myth 1 of 3, its own: (1 / (1/3) + 1) / 3 = 4/3. Myth, and myth with
    // edge, 2 of 3, one its own: (1 / (2/3) + 1) / 3 = 5/6.
    const ofQ1 = 3 * Math.log(4 / 3) + 2 * Math.log(5 / 6);
    // Q2 has 1 of 3. What it never had: (0 + 1) / (1 + 1), three times. Myth: (1 / (2/3) + 1) / 2 = 5/4, twice.
    const ofQ2 = 3 * Math.log(1 / 2) + 2 * Math.log(5 / 4);
    assertMemory(trained, text, {
      Q1: { neighbours: ofQ1, nil_neighbours: 0 },
      Q2: { neighbours: ofQ2, nil_neighbours: 0 },
      Q3: { neighbours: 0 },
    });
  });

  it("nearby_words: each content word in the same way", () => {
    assertMemory(trained, text, {
      Q1: { nearby_words: Math.log(4 / 3) + Math.log(5 / 6), nil_nearby_words: 0 },
      Q2: { nearby_words: Math.log(1 / 2) + Math.log(5 / 4) },
      Q3: { nearby_words: 0 },
    });
  });

  it("NIL and entities that are no candidate have contexts of the name like any other", () => {
    // Seine in 1 of 3 contexts, NIL's: (1 / (1/3) + 1) / (1 + 1) = 2, for Q1 (0 + 1) / (1 + 1); beside it also with edge.
    assertMemory(["[Paris|Q1]", "Seine [Paris|NIL]", "[Paris|Q8]"], "Seine [Paris]", {
      Q1: { nearby_words: Math.log(1 / 2), nil_nearby_words: Math.log(2), nil_share: 1 / 4 },
      Q2: { nearby_words: 0, nil_nearby_words: Math.log(2) },
    });
    const withoutNil = ["[Paris|Q1]", "Seine [Paris|Q8]", "[Paris|Q8]"];
    assertMemory(withoutNil, "Seine [Paris]", { Q1: { nearby_words: Math.log(1 / 2), nil_nearby_words: 0 } });
  });

  it("takes an entity's contexts under the mention's name and under other names together", () => {
    // One more context that is as the text is: seven words and pairs once more. Weights are kept in 255ths.
    const length = Math.hypot(Math.log(9 / 2), Math.log(9));
    const [seine, myth] = [Math.log(9 / 2) / length, Math.log(9) / length];
    const same = (seine * Math.round(255 * seine) + myth * Math.round(255 * myth)) / 255;
    assertMemory([...trained, "Seine [Paris Hilton|Q1] myth"], text, {
      Q1: {
        entity_neighbours: 4 * Math.log(4) + 3 * Math.log(3),
        nearest: 3 * same,
        centre: (6 * (2 * same + seine)) / 4,
      },
    });
  });

  it("entity_neighbours: log(1 + contexts of the entity) for each word and pair, under any name", () => {
    // Q1: edge twice, seine, and edge with seine in 2 contexts; myth, seine with myth, myth with edge in 1.
    assertMemory([...trained, "Seine [Paris Hilton|Q3] myth"], text, {
      Q1: { entity_neighbours: 4 * Math.log(3) + 3 * Math.log(2) },
      Q2: { entity_neighbours: 4 * Math.log(2) },
      Q3: { entity_neighbours: 7 * Math.log(2), neighbours: 0 },
    });
  });

  it("two words that training text never had are not the same neighbour", () => {
    // The outer edges alone are.
    assertMemory(["zebra [Paris|Q1] yak"], "zebra [Paris] yak", {
      Q1: { entity_neighbours: 2 * Math.log(2) },
    });
  });
});

describe("memory: vote", () => {
  it("is shared among all answers that the name had, those that are no candidate too", () => {
    // Cosines 1 / √2 with three contexts, 0 with the one without words.
    const one = Math.exp(12 * Math.SQRT1_2);
    const all = 3 * one + 1;
    assertMemory(
      ["Seine [Paris|Q1]", "Texas [Paris|Q2]", "Texas [Paris|Q8]", "[Paris|NIL]"],
      "Seine Texas [Paris]",
      {
        Q1: { vote: one / all, nil_vote: 1 / all },
        Q2: { vote: one / all, nil_vote: 1 / all },
        Q3: { vote: 0, nil_vote: 1 / all },
      },
    );
  });

  it("adds up over the contexts of an answer", () => {
    const one = Math.exp(12);
    assertMemory(["Seine [Paris|Q1]", "Seine [PARIS|Q1]", "[Paris|Q2]"], "Seine [Paris]", {
      Q1: { vote: (2 * one) / (2 * one + 1) },
      Q2: { vote: 1 / (2 * one + 1) },
    });
  });
});

describe("memory of training documents", () => {
  const vocabularyOf = (docs: readonly Doc[]): Vocabulary =>
    buildVocabulary(docs, kb.terms, { vocabularySize: 60, hashBuckets: 16 });

  /** The memory features of each training document's candidates, after a memory of all of them. */
  function rowsOf(docs: readonly Doc[], areRemembered = true): Float32Array[] {
    const vocabulary = vocabularyOf(docs);
    const memory = memoryOf(docs, kb, vocabulary);
    const featurizer = featurizerOf({ kb, vocabulary, memory, model: MEMORY_ALONE });
    const given = docs.map((doc) => withCandidates(doc, kb));
    const { features, featureWidth, rowStart, documents } = featurizer.featurize(given, { areRemembered });
    return docs.map((_, document) => {
      const from = documents.indexOf(document);
      const [start, end] = [
        rowStart[from] as number,
        rowStart[documents.lastIndexOf(document) + 1] as number,
      ];
      return features.slice(start * featureWidth, end * featureWidth);
    });
  }

  /** The training documents, one of which has other golds. */
  function answered(document: number, answer: (kbId: string, mention: number) => string): Doc[] {
    return tinyDocs().train.map((doc, d) => {
      if (d !== document) return doc;
      return doc.withEnts(doc.ents.map((span, i) => ({ ...span, kbId: answer(span.kbId, i) })));
    });
  }

  const ids: readonly string[] = ENTITIES.map(({ id }) => id);
  const CHANGES: Readonly<Record<string, (kbId: string, mention: number) => string>> = {
    "to NIL": () => NIL,
    "to an unknown id": () => "Q404",
    "each to the next entity": (kbId) => ids[(ids.indexOf(kbId) + 1) % ids.length] as string,
    "to entities of their own": (_, mention) => ids[(2 + 3 * mention) % ids.length] as string,
  };

  const { train } = tinyDocs();
  const before = rowsOf(train);

  for (const [title, change] of Object.entries(CHANGES)) {
    it(`a document's features don't depend on its own golds: changed ${title}`, () => {
      let others = 0;
      train.forEach((_, document) => {
        const after = rowsOf(answered(document, change));
        assert.deepEqual(after[document], before[document], `train-${document}`);
        others += after.filter((rows, d) => d !== document && `${rows}` !== `${before[d]}`).length;
      });
      assert.ok(others >= train.length, `other documents see the change: ${others} do`);
    });
  }

  it("they do where a document is not known for one that is remembered", () => {
    const asNew = rowsOf(
      answered(3, () => NIL),
      false,
    )[3];
    assert.notDeepEqual(asNew, rowsOf(train, false)[3]);
  });

  it("are those of a memory without the document, where nothing was left out of the memory", () => {
    const vocabulary = vocabularyOf(train);
    train.forEach((doc, document) => {
      const others = train.filter((_, d) => d !== document);
      const memory = memoryOf(others, kb, vocabulary);
      const { features } = featurizerOf({ kb, vocabulary, memory, model: MEMORY_ALONE }).featurize([
        withCandidates(doc, kb),
      ]);
      assertClose(before[document] as Float32Array, features, 1e-5, `train-${document}`);
    });
    assert.equal((before[0] as Float32Array).length % FEATURE_GROUPS.memory.features.length, 0);
  });
});
