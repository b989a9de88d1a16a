import assert from "node:assert/strict";
import { test } from "node:test";
import { Doc, type Span } from "../../src/text/doc.js";

const text = "Adam knew Eve. She bare Cain.";
const adam: Span = { start: 0, end: 4, label: "PERSON", kbId: "Q70899" };

test("a document has defaults for all but its text", () => {
  const doc = new Doc(text);
  assert.deepEqual([doc.id, doc.ents, doc.meta, doc.hasGivenSents], ["", [], {}, false]);
});

test("a mention is neither labelled nor annotated until it is", () => {
  const doc = new Doc(text, { ents: [{ start: 0, end: 4 }, adam, { ...adam, score: 0.5 }] });
  assert.deepEqual(doc.ents, [{ start: 0, end: 4, label: "", kbId: "" }, adam, { ...adam, score: 0.5 }]);
});

test("tokens and sentences are made once", () => {
  const doc = new Doc(text);
  assert.equal(doc.tokens, doc.tokens);
  assert.equal(doc.sents, doc.sents);
  assert.deepEqual(doc.tokens.norms, ["adam", "knew", "eve", "she", "bare", "cain"]);
  assert.deepEqual(doc.sents, [
    { start: 0, end: 14 },
    { start: 15, end: 29 },
  ]);
});

test("given sentences are used as they are", () => {
  const sents = [{ start: 0, end: 29 }];
  const doc = new Doc(text, { sents });
  assert.equal(doc.sents, sents);
  assert.equal(doc.hasGivenSents, true);
  assert.deepEqual(new Doc(text, { sents: [] }).sents, []);
});

test("withEnts changes the mentions only and shares what was made", () => {
  const doc = new Doc(text, { id: "Gen.4", ents: [adam], meta: { chapter: 4 } });
  const { tokens, sents } = doc;
  const predicted = doc.withEnts([{ ...adam, kbId: "NIL" }]);
  assert.equal(predicted.tokens, tokens);
  assert.equal(predicted.sents, sents);
  assert.equal(predicted.hasGivenSents, false);
  assert.deepEqual([predicted.id, predicted.text, predicted.meta], ["Gen.4", text, { chapter: 4 }]);
  assert.equal(predicted.ents[0]?.kbId, "NIL");
  assert.equal(doc.ents[0]?.kbId, "Q70899");
});
