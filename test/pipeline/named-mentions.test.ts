import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { namedMentions } from "../../src/pipeline/named-mentions.js";
import { Doc } from "../../src/text/doc.js";

async function found(names: readonly string[], text: string): Promise<string[]> {
  const spans = await namedMentions(names).detect(new Doc(text));
  return spans.map(({ start, end }) => text.slice(start, end));
}

describe("namedMentions", () => {
  it("takes the longest of names that begin at one place, in whatever order they are given", async () => {
    const text = "Apple Records and Apple sued Apple Inc. of Cupertino";
    const expected = ["Apple Records", "Apple", "Apple Inc."];
    const names = ["Apple", "Apple Inc.", "Apple Records"];
    assert.deepEqual(await found(names, text), expected);
    assert.deepEqual(await found(names.reverse(), text), expected);
  });

  it("finds whole words alone, and signs as they are", async () => {
    assert.deepEqual(await found(["C++", "Apple", "."], "Pineapple, Apples, Apple_2, Zapple; C++."), [
      "C++",
      ".",
    ]);
    assert.deepEqual(await found(["", "Zürich"], "Zürich, ZürichX, 東京"), ["Zürich"]);
    assert.deepEqual(await found([""], "x"), []);
  });
});
