import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { SentenceShapes } from "../../src/mentions/sentence-shapes.js";
import { Doc } from "../../src/text/doc.js";

const shapeOf = (sentence: string): string => new SentenceShapes(new Doc(sentence)).shapeAt(0);

/** The words that have a capital for no other reason than being a name. */
function namesIn(text: string): string[] {
  const doc = new Doc(text);
  const shapes = new SentenceShapes(doc);
  const { starts, ends, length } = doc.tokens;
  return Array.from({ length }, (_, word) => word)
    .filter((word) => !shapes.expectsCapital(word))
    .map((word) => text.slice(starts[word], ends[word]))
    .filter((surface) => /^\p{Lu}/u.test(surface));
}

describe("the shape of a sentence", () => {
  const sentences: Record<string, string> = {
    "They met her near Oslo last week": "running",
    "NASA and the FBI and the CIA met": "running",
    "it was all in lower case": "running",
    "NASA TO LAND ON THE MOON": "capitals",
    "NASA TO LAND ON THE 2 MOONS of ...": "capitals",
    "NASA to land near the MOON": "running",
    "Storm Brings Heavy Snow to the North": "title",
    "Storm Brings Heavy snow": "running",
    "Storm Brings Snow": "running",
    OSLO: "capitals",
    USA: "running",
    "USA EU": "capitals",
    "1 2 3 4": "running",
  };
  for (const [sentence, shape] of Object.entries(sentences)) {
    it(`"${sentence}" is ${shape}`, () => assert.equal(shapeOf(sentence), shape));
  }

  it("is each sentence's own, in whichever order they are asked for", () => {
    const doc = new Doc("NASA TO LAND ON THE MOON. They met her near Oslo last week.");
    const shapes = new SentenceShapes(doc);
    const last = doc.tokens.length - 1;
    assert.deepEqual(
      [last, 0, last].map((word) => shapes.shapeAt(word)),
      ["running", "capitals", "running"],
    );
  });
});

describe("a capital means a name", () => {
  it("but at a beginning, in titles and in capitals", () => {
    assert.deepEqual(namesIn("They met Anna near Oslo. Nobody else came to Bergen."), [
      "Anna",
      "Oslo",
      "Bergen",
    ]);
    assert.deepEqual(namesIn("Storm Brings Heavy Snow to Oslo"), []);
    assert.deepEqual(namesIn("STORM BRINGS HEAVY SNOW TO OSLO"), []);
    assert.deepEqual(namesIn("she said: “Storms came to Oslo” and (Snow too"), ["Oslo"]);
  });

  it("of the document's words, one in lower case is common unless it is a name too", () => {
    const shapes = new SentenceShapes(new Doc("Snow fell in may. They met May and saw snow."));
    assert.deepEqual(
      ["snow", "may", "rain"].map((word) => [shapes.isCommonHere(word), shapes.isNameHere(word)]),
      [
        [true, false],
        [false, true],
        [false, false],
      ],
    );
  });
});
