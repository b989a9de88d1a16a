import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { BEGINNING, NAME, NameIndex, NO_WORD, NOTHING, withWord } from "../../src/mentions/name-index.js";
import { tokenize } from "../../src/text/tokenizer.js";
import { tinyKb } from "../fixtures.js";

function find(index: NameIndex, text: string): number {
  const { starts, ends, length } = tokenize(text);
  let hash = NO_WORD;
  for (let i = 0; i < length; i++) hash = withWord(hash, text, starts[i] as number, ends[i] as number);
  return index.find(hash);
}

describe("NameIndex", () => {
  it("knows names and what they begin with, without case, accents and points", () => {
    const index = new NameIndex();
    for (const name of ["Angela Merkel", "US", "The Hague", "Zürich", "!!!"]) index.add(name);
    const found = ["Angela", "ANGELA MERKEL", "Merkel", "U", "u.s.", "the", "Hague", "ZURICH", ""].map(
      (text) => find(index, text),
    );
    assert.deepEqual(found, [BEGINNING, NAME, NOTHING, BEGINNING, NAME, BEGINNING, NAME, NAME, NOTHING]);
  });

  it("finds every one of many names", () => {
    const index = new NameIndex();
    const names = Array.from({ length: 5000 }, (_, i) => `Name${i} of ${i * 7}`);
    for (const name of names) index.add(name);
    assert.ok(names.every((name) => find(index, name) === NAME));
    const others = names.filter((name) => find(index, `${name}x`) !== NOTHING);
    assert.ok(others.length < 5, `${others.length} of 5000 by chance`);
  });

  it("is made once for a knowledge base as it is", () => {
    const kb = tinyKb();
    const index = NameIndex.of(kb);
    assert.equal(NameIndex.of(kb), index);
    kb.addAlias("Bergen", ["Q1"], [1]);
    assert.notEqual(NameIndex.of(kb), index);
    assert.equal(find(NameIndex.of(kb), "Bergen"), NAME);
  });
});
