import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { makeDetector } from "../../src/mentions/make-detector.js";
import { MENTION_DEFAULTS, type MentionOptions } from "../../src/mentions/options.js";
import { Doc } from "../../src/text/doc.js";
import { marked, tinyKb } from "../fixtures.js";

function found(doc: Doc, options: Partial<MentionOptions>): string[] {
  const detector = makeDetector({ ...MENTION_DEFAULTS, ...options }, tinyKb());
  return detector.detect(doc).map(({ start, end, label }) => `${doc.text.slice(start, end)}/${label}`);
}

describe("makeDetector", () => {
  it("gazetteer: links all types of the knowledge base, or those that are named", () => {
    const doc = new Doc("Apple met Michael Jordan in Paris, with Jordan's coach.");
    assert.deepEqual(found(doc, {}), ["Apple/ORG", "Michael Jordan/PERSON", "Paris/GPE", "Jordan/GPE"]);
    assert.deepEqual(found(doc, { linkableLabels: ["PERSON"] }), ["Michael Jordan/PERSON", "Jordan/PERSON"]);
  });

  it("gazetteer: an abbreviation that the text explains by a name", () => {
    const doc = new Doc("MJ won. Michael Jordan (MJ) smiled.");
    assert.deepEqual(found(doc, {}), ["MJ/PERSON", "Michael Jordan/PERSON", "MJ/PERSON"]);
  });

  it("spans: what the document has, all of it or those of the labels that are named", () => {
    const doc = marked("[Paris|Q1|GPE] on [Monday||DATE]");
    assert.deepEqual(found(doc, { detector: "spans" }), ["Paris/GPE", "Monday/DATE"]);
    assert.deepEqual(found(doc, { detector: "spans", linkableLabels: ["GPE"] }), ["Paris/GPE"]);
  });

  it("compromise: without the knowledge base; dates are not linkable", () => {
    assert.deepEqual(found(new Doc("Tim Cook flew to Berlin."), { detector: "compromise" }), [
      "Tim Cook/PERSON",
      "Berlin/GPE",
    ]);
  });
});
