import assert from "node:assert/strict";
import { test } from "node:test";
import { smallKb, termsOf } from "./small-kb.js";

test("an entity's terms are its name's, then its description's, each once, normalised", () => {
  const { kb } = smallKb();
  assert.deepEqual(termsOf(kb, 0), ["dougla", "adam", "english", "author"]);
  assert.deepEqual(termsOf(kb, 1), ["dougla", "a", "city", "of"]);
  assert.deepEqual(termsOf(kb, 2), ["adam"]);
  assert.deepEqual(termsOf(kb, 3), ["zürich", "city", "of", "the", "swiss"]);
  assert.deepEqual([...kb.terms.nameTermCount], [2, 1, 1, 1]);
});

test("document frequency counts entities, not occurrences", () => {
  const { terms } = smallKb().kb;
  const frequency = (word: string): number | undefined => terms.documentFrequency[terms.terms.get(word)];
  assert.equal(frequency("dougla"), 2);
  assert.equal(frequency("city"), 2);
  assert.equal(frequency("author"), 1);
  assert.equal(terms.documentFrequency.length, terms.terms.size);
});

test("a new entity makes a new index", () => {
  const { kb } = smallKb();
  const before = kb.terms;
  assert.equal(kb.terms, before);
  kb.addEntity("Q5", { name: "Ford Prefect" });
  assert.notEqual(kb.terms, before);
  assert.deepEqual(termsOf(kb, 4), ["ford", "prefect"]);
});
