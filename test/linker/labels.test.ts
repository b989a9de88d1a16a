import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { labelCodebook, typeCodebook, typeCodes } from "../../src/linker/labels.js";
import { marked, tinyKb } from "../fixtures.js";

describe("codebooks", () => {
  it("hold the commonest names, ties by alphabet, and leave the last place to all others", () => {
    const kb = tinyKb(); // GPE 4, PERSON 2, FOOD 1, ORG 1
    assert.deepEqual(typeCodebook(kb, 5), ["GPE", "PERSON", "FOOD", "ORG"]);
    assert.deepEqual(typeCodebook(kb, 4), ["GPE", "PERSON", "FOOD"]);
    assert.deepEqual(typeCodebook(kb, 1), []);
    const docs = [marked("[a|x|B] [b|x|A] [c|x|C] [d|x|C]")];
    assert.deepEqual(labelCodebook(docs, 3), ["C", "A"]);
  });

  it("give every entity a code below the width, unknown types the last", () => {
    const kb = tinyKb();
    assert.deepEqual([...typeCodes(kb, ["GPE", "PERSON", "FOOD"], 4)], [0, 0, 1, 0, 1, 3, 2, 0]);
    kb.addEntity("Q9", { type: "RIVER" });
    kb.addEntity("Q10");
    assert.deepEqual([...typeCodes(kb, ["GPE"], 16)].slice(-2), [15, 15]);
    assert.deepEqual([...new Set(typeCodes(kb, [], 1))], [0]);
  });
});
