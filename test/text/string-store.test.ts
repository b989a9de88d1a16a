import assert from "node:assert/strict";
import { test } from "node:test";
import { murmurHash64A } from "../../src/text/murmur-hash.js";
import { SPACY_SYMBOLS } from "../../src/text/spacy-symbols.js";
import { isSymbol, StringStore, stringId } from "../../src/text/string-store.js";
import { goldenCases } from "../golden.js";

const golden = goldenCases<[string, string]>("spacy-strings");

test("numbers of strings are spaCy's, symbols and hashes of every length", () => {
  assert.ok(golden.length > SPACY_SYMBOLS.length);
  for (const [text, id] of golden) assert.equal(stringId(text), BigInt(id), JSON.stringify(text));
});

test("the symbols are spaCy's, in order", () => {
  assert.deepEqual(
    SPACY_SYMBOLS,
    golden.slice(0, SPACY_SYMBOLS.length).map(([name]) => name),
  );
  assert.ok(isSymbol("PERSON") && isSymbol("") && !isSymbol("Person"));
});

test("a store gives strings back, symbols without having them", () => {
  const store = new StringStore(["coffee", "🍎", "ORG"]);
  for (const text of ["coffee", "🍎", "ORG", "GPE", ""]) assert.equal(store.get(stringId(text)), text);
  assert.equal(store.get(stringId("tea")), undefined);
  assert.equal(store.get(BigInt(SPACY_SYMBOLS.length)), undefined);
});

test("hashes bytes that begin anywhere in a buffer", () => {
  const bytes = new TextEncoder().encode("..coffee beans");
  assert.equal(
    murmurHash64A(bytes.subarray(2), 1),
    murmurHash64A(new TextEncoder().encode("coffee beans"), 1),
  );
});
