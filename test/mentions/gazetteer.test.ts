import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { among, findNames } from "../../src/mentions/gazetteer.js";
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

  it("a text may write more capitals than the alias, never fewer", () => {
    assert.deepEqual(found("We saw PARIS. But paris?", tinyKb()), ["PARIS/GPE"]);
    const kb = kbOf("breast cancer", "Who", "the Hague", "van Gogh");
    kb.updateEntity("E", { name: "no capital" });
    assert.deepEqual(found("Breast cancer is no crab. WHO said so of VAN GOGH.", kb), [
      "Breast cancer/ENTITY",
      "VAN GOGH/ENTITY",
    ]);
    assert.deepEqual(found("WHO SINGS IN THE HAGUE", kb), ["THE HAGUE/ENTITY"], "WHO is a common word");
  });

  it("finds accents, points, hyphens, possessives and plurals as candidates are found", () => {
    const kb = kbOf("Zürich", "US", "Russian", "Paris, Texas", "Merkel", "West-Berlin");
    const text = "Zurich and the U.S. met Russians of Paris Texas at Merkel's, in West Berlin.";
    assert.deepEqual(found(text, kb), [
      "Zurich/ENTITY",
      "U.S./ENTITY",
      "Russians/ENTITY",
      "Paris Texas/ENTITY",
      "Merkel/ENTITY",
      "West Berlin/ENTITY",
    ]);
    assert.deepEqual(found("He left Paris. Texas won. In Paris\nTexas lost.", kb), [], "another sentence");
    const strict = findNames(new Doc(text), kb, { paths: [] }).map(({ match }) => match);
    assert.deepEqual(strict, ["exact"], "Merkel alone, where no detour is allowed");
  });

  it("takes names in lower case where they are of things that are named so", () => {
    const kb = kbOf("apple", "will", "may");
    assert.deepEqual(found("An apple, they say, will and may rot.", kb), [], "nothing says what E is named");
    kb.updateEntity("E", { name: "a thing" });
    assert.deepEqual(
      found("An apple, they say, will and may rot.", kb),
      ["apple/ENTITY"],
      "no function words",
    );
  });

  it("takes no common word where any word would have a capital", () => {
    const kb = kbOf("Will", "May", "Apple", "It", "Police", "Will Smith", "March", "I");
    assert.deepEqual(found("Will you? May I? Apple is fine. It is Police work.", kb), [
      "Apple/ENTITY",
      "Police/ENTITY",
    ]);
    assert.deepEqual(found("Police came. The police left.", kb), [], "it is a common word here");
    const both = kbOf("Turkey");
    both.addEntity("bird", { name: "turkey" });
    both.addAlias("turkey", ["bird"], [1]);
    const turkeys = ["turkey/ENTITY", "Turkey/ENTITY"];
    assert.deepEqual(found("They ate turkey. Turkey objects.", both), turkeys, "it has an entry of each");
    assert.deepEqual(found("Police played. The police left before Police did.", kb), [
      "Police/ENTITY",
      "Police/ENTITY",
    ]);
    assert.deepEqual(found("Will sang. We saw Will and Will Smith.", kb), [
      "Will/ENTITY",
      "Will/ENTITY",
      "Will Smith/ENTITY",
    ]);
    assert.deepEqual(found('He asked: "Will you?" In March, I asked.', kb), []);
    assert.deepEqual(found("Apple Will Make Better Phones Than Others", kb), ["Apple/ENTITY"], "a title");
    assert.deepEqual(found("POLICE WILL COME", kb), ["POLICE/ENTITY"]);
  });

  it("takes initials at the beginning of a sentence", () => {
    assert.deepEqual(found("US officials left. Us, too.", kbOf("US", "Us")), ["US/ENTITY"]);
  });

  it("takes no counts and years", () => {
    const kb = kbOf("10", "2012", "911");
    assert.deepEqual(found("In 2012 some 10 of 911 calls", kb), ["911/ENTITY"]);
  });

  it('leaves a "the" in lower case out where the name is one without it', () => {
    assert.deepEqual(found("in the United States", kbOf("the United States", "United States")), [
      "United States/ENTITY",
    ]);
    assert.deepEqual(found("in the Bronx", kbOf("The Bronx")), ["Bronx/ENTITY"]);
    assert.deepEqual(found("the ".repeat(20_000), kbOf("The The")), [], "however many");
  });

  it("sees aliases that were added since the last call", () => {
    const kb = kbOf("Alpha");
    assert.deepEqual(found("Alpha and Beta", kb), ["Alpha/ENTITY"]);
    kb.addAlias("Beta", ["E"], [1]);
    assert.deepEqual(found("Alpha and Beta", kb), ["Alpha/ENTITY", "Beta/ENTITY"]);
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

  it("finds nothing in nothing, nor names of more than twelve words", () => {
    assert.deepEqual(found(""), []);
    const long = "Ua Ub Uc Ud Ue Uf Ug Uh Ui Uj Uk Ul";
    assert.deepEqual(found(`${long} Um`, kbOf(long, `${long} Um`)), [`${long}/ENTITY`]);
  });
});

describe("among", () => {
  it("keeps the mentions that it finds too, to the character, as they are", () => {
    const doc = marked("[Paris|Q1] and [Pariss|Q1], old [Jordan River|NIL|LOC], [Zürich|Q8|CITY]");
    const kept = among(detectMentions(doc, tinyKb()), doc.ents);
    assert.deepEqual(kept, [doc.ents[0], doc.ents[3]]);
  });
});
