import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { memoryFromBytes, memoryToBytes } from "../../src/model/memory-file.js";
import { ownShare, TrainMemory } from "../../src/model/train-memory.js";
import { marked, tinyKb } from "../fixtures.js";
import { memoryOf, rareWords, withCandidates } from "./feature-rows.js";

const kb = tinyKb();
const vocabulary = rareWords(["seine", "texa", "myth"]);
const docs = [
  marked("Seine [Paris|Q1] and [Paris|Q1]."),
  marked("Texas [Paris|Q2], [Paris Hilton|Q3]; [Oslo|Q404] is unknown, [Paris] not annotated."),
  marked("Of myth: [PARIS|NIL]."),
];
const entity = (id: string): number => kb.entityIds.get(id);

describe("TrainMemory", () => {
  const memory = memoryOf(docs, kb, vocabulary);
  const paris = memory.name("paris");

  it("counts the annotated mentions of a name, whatever its case; unknown ids as NIL", () => {
    assert.equal(memory.mentions(paris), 4);
    assert.equal(memory.answers(paris, entity("Q1")), 2);
    assert.equal(memory.answers(paris, entity("Q2")), 1);
    assert.equal(memory.answers(paris, -1), 1);
    assert.equal(memory.answers(memory.name("oslo"), -1), 1);
    assert.equal(memory.entityMentions(entity("Q3")), 1);
    assert.equal(memory.name("london"), -1);
    assert.equal(memory.mentions(-1), 0);
    assert.equal(memory.answers(-1, -1), 0);
  });

  it("tells what a document itself added", () => {
    const own = ownShare(0, withCandidates(docs[0] as (typeof docs)[0], kb).mentions, kb);
    assert.equal(own.mentions("paris"), 2);
    assert.equal(own.answers("paris", entity("Q1")), 2);
    assert.equal(own.answers("paris", entity("Q2")), 0);
    assert.equal(own.entity(entity("Q1")), 2);
    assert.deepEqual(
      Array.from(memory.contextsOf(paris), (context) => memory.isOwn(context, own)),
      [true, true, false, false],
    );
  });

  it("is the same after it was bytes, names outside ASCII too", () => {
    const unicode = memoryOf([...docs, marked("[東京|NIL] by [Zürich|Q8]")], kb, vocabulary);
    const columns = memoryFromBytes(memoryToBytes(unicode.columns));
    assert.deepEqual(columns, unicode.columns);
    const read = new TrainMemory(columns, kb);
    assert.equal(read.answers(read.name("zurich"), entity("Q8")), 1);
  });

  it("keeps 60 contexts of a name and counts all its mentions", () => {
    const many = memoryOf(
      Array.from({ length: 70 }, () => marked("Seine [Paris|Q1]")),
      kb,
      vocabulary,
    );
    assert.equal(many.columns.contextPair.length, 60);
    assert.equal(many.mentions(many.name("paris")), 70);
  });
});
