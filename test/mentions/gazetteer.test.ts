import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { among } from "../../src/mentions/gazetteer.js";
import { detectMentions } from "../../src/mentions/gazetteer-detector.js";
import { Doc } from "../../src/text/doc.js";
import { marked, tinyKb } from "../fixtures.js";

/** `surface/label` of the mentions found. */
function found(text: string, kb = tinyKb()): string[] {
  const spans = detectMentions(new Doc(text), kb);
  return spans.map(({ start, end, label, kbId }) => {
    assert.equal(kbId, "");
    return `${text.slice(start, end)}/${label}`;
  });
}

function kbOf(...aliases: string[]): InMemoryLookupKB {
  const kb = new InMemoryLookupKB();
  kb.addEntity("E");
  for (const alias of aliases) kb.addAlias(alias, ["E"], [1]);
  return kb;
}

describe("detectMentions", () => {
  it("finds the longest name at each place, from left to right", () => {
    assert.deepEqual(found("Paris Hilton met Michael Jordan in Paris, not Jordan."), [
      "Paris Hilton/PERSON",
      "Michael Jordan/PERSON",
      "Paris/GPE",
      "Jordan/GPE",
    ]);
    assert.deepEqual(
      found("x Y Z W", kbOf("Y Z", "Z W")),
      ["Y Z/ENTITY"],
      "what is taken is not looked at again",
    );
  });

  it("keeps to word boundaries", () => {
    assert.deepEqual(found("Parisian Jordanians (Paris) 'Apple', Zürich-West"), [
      "Paris/GPE",
      "Apple/ORG",
      "Zürich/GPE",
    ]);
  });

  it("takes the full stop of an abbreviation along", () => {
    assert.deepEqual(found("Apple Inc. sells. Buy Apple."), ["Apple Inc./ORG", "Apple/ORG"]);
  });

  it("takes names as written only, and common words in lower case never", () => {
    assert.deepEqual(found("PARIS, paris"), []);
    const kb = kbOf("will", "Will", "may", "iPhone");
    assert.deepEqual(found("Will you? They will. It may be an iPhone.", kb), [
      "Will/ENTITY",
      "iPhone/ENTITY",
    ]);
  });

  it("takes names of digits, and of scripts that have no capitals", () => {
    const kb = kbOf("747", "東京", "القاهرة", "Ωmega", "日本 銀行");
    assert.deepEqual(found("A 747 to 東京 or القاهرة.", kb), ["747/ENTITY", "東京/ENTITY", "القاهرة/ENTITY"]);
    assert.deepEqual(found("Ωmega 日本 銀行", kb), ["Ωmega/ENTITY", "日本 銀行/ENTITY"]);
  });

  it("counts offsets in UTF-16 code units", () => {
    const [span] = detectMentions(new Doc("🎉🎉 Paris"), tinyKb());
    assert.deepEqual([span?.start, span?.end], [5, 10]);
  });

  it("labels a name with the type of its likeliest entity", () => {
    const kb = tinyKb();
    kb.addAlias("Gala", ["Q7", "Q6"], [0.9, 0.1]);
    assert.deepEqual(found("A Gala", kb), ["Gala/FOOD"]);
    assert.deepEqual(found("E", kbOf("E")), ["E/ENTITY"]);
  });

  it("finds nothing in nothing, nor names of more than eight words", () => {
    assert.deepEqual(found(""), []);
    const long = "One Two Three Four Five Six Seven Eight";
    assert.deepEqual(found(`${long} Nine`, kbOf(long, `${long} Nine`)), [`${long}/ENTITY`]);
  });
});

describe("among", () => {
  it("keeps the mentions that it finds too, to the character, as they are", () => {
    const doc = marked("[Paris|Q1] and [paris|Q1], old [Jordan River|NIL|LOC], [Zürich|Q8|CITY]");
    const kept = among(detectMentions(doc, tinyKb()), doc.ents);
    assert.deepEqual(kept, [doc.ents[0], doc.ents[3]]);
  });
});
