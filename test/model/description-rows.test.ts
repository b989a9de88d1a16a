import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DescriptionRows } from "../../src/model/description-rows.js";
import { Lexicon } from "../../src/model/lexicon.js";
import { tinyKb } from "../fixtures.js";
import { rareWords } from "./feature-rows.js";

describe("DescriptionRows", () => {
  const kb = tinyKb();
  const words = ["pari", "capital", "city", "of", "france", "on", "the", "seine", "zürich"];
  const rowsOf = (id: string, width: number): string[] => {
    const lexicon = new Lexicon(rareWords(words), kb.terms, kb.getSizeEntities());
    const rows = new DescriptionRows(lexicon, kb.getSizeEntities(), width).of(kb.entityIds.get(id));
    return [...rows].map((row) => words[row - 1] ?? "hash");
  };

  it("are all words of name and description where they fit", () => {
    assert.deepEqual(rowsOf("Q1", 20), ["pari", "capital", "city", "of", "france", "on", "the", "seine"]);
  });

  it("are the rarest ones where they don't", () => {
    // france and seine are in one entity, capital, city, on and the in two, of and pari in three
    assert.deepEqual(new Set(rowsOf("Q1", 2)), new Set(["france", "seine"]));
    assert.deepEqual(new Set(rowsOf("Q1", 6)), new Set(["france", "seine", "capital", "city", "on", "the"]));
  });

  it("are the same when asked again, each entity's its own", () => {
    const lexicon = new Lexicon(rareWords(words), kb.terms, kb.getSizeEntities());
    const rows = new DescriptionRows(lexicon, kb.getSizeEntities(), 3);
    const first = [...rows.of(0)];
    const last = [...rows.of(7)];
    assert.deepEqual([[...rows.of(0)], [...rows.of(7)]], [first, last]);
    assert.notDeepEqual(first, last);
  });

  it("stay what they were while others are picked", () => {
    const lexicon = new Lexicon(rareWords(words), kb.terms, kb.getSizeEntities());
    const rows = new DescriptionRows(lexicon, kb.getSizeEntities(), 20);
    const views = Array.from({ length: kb.getSizeEntities() }, (_, entity) => rows.of(entity));
    const copies = views.map((view) => [...view]);
    assert.deepEqual(
      views.map((_, entity) => [...rows.of(entity)]),
      copies,
    );
    assert.ok(copies.every((copy) => copy.length > 0));
  });
});
