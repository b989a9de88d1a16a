import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { CompromiseDetector } from "../../src/mentions/compromise-detector.js";
import { Doc } from "../../src/text/doc.js";

function found(text: string, detector = new CompromiseDetector()): string[] {
  return detector.detect(new Doc(text)).map(({ start, end, label, kbId }) => {
    assert.equal(kbId, "");
    return `${text.slice(start, end)}/${label}`;
  });
}

describe("CompromiseDetector", () => {
  it("finds people, places and organisations at their offsets in the text as it is", () => {
    const text =
      '🎉 "Tim Cook" of Apple Inc. flew  from Berlin; then to Paris, France.\nDr. John  Smith left Google\'s.';
    assert.deepEqual(found(text), [
      "Tim Cook/PERSON",
      "Apple Inc./ORG",
      "Berlin/GPE",
      "Paris/GPE",
      "France/GPE",
      "John  Smith/PERSON",
      "Google/ORG",
    ]);
  });

  it("finds other names too, whose kind it does not know", () => {
    assert.deepEqual(found("Tim Cook announced new Apple products in Cupertino."), [
      "Tim Cook/PERSON",
      "Apple/",
      "Cupertino/",
    ]);
    assert.deepEqual(found("Steve Jobs co-founded Apple in a garage in Los Altos."), [
      "Steve Jobs/PERSON",
      "Apple/",
      "Los Altos/",
    ]);
    assert.deepEqual(found("In May they said on Monday that President Zog of Zembla had left."), [
      "Zog/",
      "Zembla/",
    ]);
  });

  it("finds the same in each sentence of a long text", () => {
    const sentence = "Tim Cook flew to Berlin and met Angela Merkel. ";
    const spans = new CompromiseDetector().detect(new Doc(sentence.repeat(40)));
    assert.equal(spans.length, 120);
    assert.deepEqual(
      spans.slice(-3).map(({ start }) => start - 39 * sentence.length),
      spans.slice(0, 3).map(({ start }) => start),
    );
  });

  it("keeps the linkable labels alone", () => {
    assert.deepEqual(found("Tim Cook flew to Berlin.", new CompromiseDetector(["GPE"])), ["Berlin/GPE"]);
  });

  it("says how to install the package where it is not", () => {
    const load = () => {
      throw new Error("Cannot find module");
    };
    assert.throws(() => new CompromiseDetector([], load), {
      code: "L841",
      message: /npm install compromise/,
    });
  });
});
