import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FEATURE_GROUP_NAMES } from "../../src/model/features/groups.js";
import { type Prepared, prepare, type TrainingData } from "../../src/training/prepare.js";
import { NOT_ANNOTATED } from "../../src/training/targets.js";
import { marked, tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

describe("prepare: labels_discard", () => {
  const SURROUNDED = "[Michael Jordan|Q5|X] met [Jordan|Q5|PERSON] of [Apple|Q6|ORG] in [Paris|Q1|X].";

  function prepared(text: string, labels_discard: string[], use_gold_ents = true): TrainingData {
    const config = tinyConfig({
      linker: { labels_discard, use_gold_ents },
      model: { features: [...FEATURE_GROUP_NAMES] },
    });
    const { train, dev } = tinyDocs();
    const kb = tinyKb();
    return prepare(config, { kb, train: [marked(text), ...train], dev: [marked(text), ...dev] });
  }

  for (const use_gold_ents of [true, false]) {
    const found = use_gold_ents ? "given" : "found by the gazetteer";
    it(`such mentions (${found}) stay neighbours: only their answers are not there`, () => {
      const discarded = prepared(SURROUNDED, ["X"], use_gold_ents);
      const unanswered = SURROUNDED.replace("|Q5|X]", "||X]").replace("|Q1|X]", "||X]");
      const blank = prepared(unanswered, [], use_gold_ents);
      for (const part of ["train", "dev"] as const) {
        const [{ table, gold }, expected]: [Prepared, Prepared] = [discarded[part], blank[part]];
        const { documents, entities, rowStart } = table;
        assert.equal(documents.filter((document) => document === 0).length, 4);
        const [first, jordan, apple, paris] = gold;
        assert.deepEqual([first, paris], [NOT_ANNOTATED, NOT_ANNOTATED]);
        assert.ok((jordan as number) >= 0 && (apple as number) >= 0);
        assert.equal(rowStart[4], 1 + 2 + 2 + 3, "all of them have candidates");
        assert.deepEqual(gold, expected.gold);
        assert.deepEqual(entities, expected.table.entities);
        assert.deepEqual(table.features, expected.table.features);
      }
      assert.deepEqual(discarded.memory, blank.memory, "nor are they remembered");
    });
  }

  it("such neighbours still tell what a shorter name may mean", () => {
    const { featurizer, train } = prepared(SURROUNDED, ["X"]);
    const without = prepared(SURROUNDED.replaceAll(/\[([^|\]]+)\|\w+\|X\]/g, "$1"), ["X"]).train;
    const column = featurizer.columns.findIndex(({ name }) => name === "longer_name");
    /** Whether each candidate of a mention is one of a longer name's; scaled, so that only the order counts. */
    const longerName = ({ table }: Prepared, mention: number): number[] => {
      const [from = 0, to = 0] = table.rowStart.subarray(mention, mention + 2);
      return Array.from({ length: to - from }, (_, row) =>
        Number(table.features[(from + row) * table.featureWidth + column]),
      );
    };
    const [kingdom = 0, player = 0] = longerName(train, 1);
    assert.ok(player > kingdom, "Jordan may be Michael Jordan");
    const [first, second] = longerName(without, 0);
    assert.equal(first, second);
  });
});
