import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { definitionsOf, shortForms } from "../../src/mentions/abbreviations.js";
import { Doc, type Span } from "../../src/text/doc.js";

/** `short = long` of what a text explains; the long form stands where it says. */
function explained(text: string): string[] {
  return definitionsOf({ text }).map(({ short, long, start, end }) => {
    assert.equal(text.slice(start, end), long);
    return `${short} = ${long}`;
  });
}

describe("definitionsOf", () => {
  it("finds the long form before the bracket, and before the short form in front of one", () => {
    assert.deepEqual(explained("Inhibitors of phosphatidylinositol-3-kinase (PI3K) work."), [
      "PI3K = phosphatidylinositol-3-kinase",
    ]);
    assert.deepEqual(explained("the WHO (World Health Organization) says"), [
      "WHO = World Health Organization",
    ]);
    assert.deepEqual(explained("at heat shock transcription factor (HSF), or [HSF]"), [
      "HSF = heat shock transcription factor",
    ]);
  });

  it("wants the characters in order, the first at the beginning of a word", () => {
    assert.deepEqual(explained("a kinase of membranes (MK)"), []);
    assert.deepEqual(explained("an unwho world (WHO)"), []);
    assert.deepEqual(explained("chronic heart disease (CHD; see below)"), ["CHD = chronic heart disease"]);
  });

  it("takes no sentence, number, or word in lower case for a short form", () => {
    assert.deepEqual(explained("it rose by ten (12) in 1999 (as the old report said) or so (so)"), []);
    assert.deepEqual(explained("a b (A) and nothing () or (("), []);
    assert.deepEqual(explained("World Health Organization WHO (WHO)"), [], "the long form has the short one");
  });

  it("looks no farther back than twice the short form's length, or five words more", () => {
    const filler = "of the very long and quite tedious series of words";
    assert.deepEqual(explained(`World ${filler} (WW)`), []);
  });

  it("keeps the first of two explanations", () => {
    assert.deepEqual(explained("alpha beta (AB), then axel boom (AB)"), ["AB = alpha beta"]);
  });

  it("is not confused by letters that are two in lower case", () => {
    assert.deepEqual(explained("İstanbul Kart (İK)"), []);
  });
});

describe("shortForms", () => {
  const text = "PI3K? Phosphatidylinositol-3-kinase (PI3K) and PI3Ks, not PI3KA or XPI3K.";
  const start = text.indexOf("Phos");
  const long: Span = { start, end: text.indexOf(" (PI3K"), label: "GENE", kbId: "" };

  it("stand wherever the text has them as words, labelled as the long form", () => {
    const doc = new Doc(text);
    const spans = shortForms(doc, definitionsOf(doc), [long]);
    assert.deepEqual(
      spans.map((span) => `${span.start} ${text.slice(span.start, span.end)} ${span.label}`),
      ["0 PI3K GENE", `${text.indexOf("(PI3K") + 1} PI3K GENE`, `${text.indexOf("PI3Ks")} PI3Ks GENE`],
    );
  });

  it("need a mention of the whole long form", () => {
    const doc = new Doc(text);
    assert.deepEqual(shortForms(doc, definitionsOf(doc), []), []);
    assert.deepEqual(shortForms(doc, definitionsOf(doc), [{ ...long, start: long.start + 5 }]), []);
  });
});
