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
