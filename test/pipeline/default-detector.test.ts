import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaultDetector } from "../../src/pipeline/default-detector.js";
import { Doc } from "../../src/text/doc.js";

describe("defaultDetector", () => {
  it("finds people and organisations by compromise", async () => {
    const text = "Tim Cook visited Google in Paris.";
    const found = await defaultDetector().detect(new Doc(text));
    assert.deepEqual(
      found.map(({ start, end, label }) => [text.slice(start, end), label]),
      [
        ["Tim Cook", "PERSON"],
        ["Google", "ORG"],
        ["Paris", "GPE"],
      ],
    );
  });

  it("asks for mentions, a detector or the package where that is not installed, and only then", () => {
    const detector = defaultDetector(() => {
      throw new Error("Cannot find module 'compromise'");
    });
    assert.throws(() => detector.detect(new Doc("Tim Cook")), {
      code: "L823",
      message: /"Tim Cook".*spans.*npm install compromise/,
    });
  });
});
