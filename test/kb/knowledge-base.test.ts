import assert from "node:assert/strict";
import { test } from "node:test";
import { Candidate } from "../../src/kb/candidate.js";
import { KnowledgeBase } from "../../src/kb/knowledge-base.js";
import { smallKb } from "./small-kb.js";

/** A knowledge base that has to be asked over a network, as it were. */
class RemoteKb extends KnowledgeBase {
  readonly entityVectorLength = 3;
  private readonly local = smallKb().kb;

  override async getCandidates(mention: string): Promise<readonly Candidate[]> {
    return this.local
      .getCandidates(mention)
      .map(({ entity_, entityFreq, entityVector, alias_, priorProb }) => {
        return Candidate.of({ entity: 7, entity_, entityFreq, entityVector, alias: 8, alias_, priorProb });
      });
  }
  override async getVector(entity: string): Promise<Float32Array> {
    return this.local.getVector(entity);
  }
}

test("batches are made of single questions, which may be asynchronous", async () => {
  const kb = new RemoteKb();
  const candidates = await kb.getCandidatesBatch(["adam", "x"]);
  assert.deepEqual(
    candidates.map((found) => found.map((c) => c.entity_)),
    [["Q2"], []],
  );
  const vectors = await kb.getVectors(["Q3", "Q9"]);
  assert.deepEqual(
    vectors.map((vector) => [...vector]),
    [
      [-1, -6, 5],
      [0, 0, 0],
    ],
  );
});

test("a candidate of a knowledge base of one's own has spaCy's seven attributes", async () => {
  const [candidate] = await new RemoteKb().getCandidates("adam");
  assert.deepEqual(
    [candidate?.entity, candidate?.entity_, candidate?.entityFreq, candidate?.entityVector],
    [7, "Q2", 12, Float32Array.of(2, 1, 0)],
  );
  assert.deepEqual(
    [candidate?.alias, candidate?.alias_, candidate?.priorProb],
    [8, "adam", Math.fround(0.9)],
  );
  assert.deepEqual([candidate?.match, candidate?.similarity], ["exact", 1]);
});

test("E1046: the abstract class itself", () => {
  const Abstract = KnowledgeBase as unknown as new () => KnowledgeBase; // as JavaScript sees it
  assert.throws(() => new Abstract(), { code: "E1046", message: /use InMemoryLookupKB/ });
});

test("E1045: what a subclass lacks, at the call of it", async () => {
  const Parent = KnowledgeBase as unknown as new () => object;
  class Bare extends Parent {}
  const kb = new Bare() as KnowledgeBase;
  const lacks = (method: string) => ({
    code: "E1045",
    message: new RegExp(`Bare extends KnowledgeBase without a method ${method}`),
  });
  assert.throws(() => kb.getCandidates("x"), lacks("getCandidates"));
  assert.throws(() => kb.getCandidatesBatch(["x"]), lacks("getCandidates"));
  assert.throws(() => kb.getVector("x"), lacks("getVector"));
  assert.throws(() => kb.getVectors(["x"]), lacks("getVector"));
  await assert.rejects(kb.toBytes(), lacks("toBytes"));
  await assert.rejects(kb.fromBytes(new Uint8Array(0)), lacks("fromBytes"));
  await assert.rejects(kb.toDisk("x"), lacks("toDisk"));
  await assert.rejects(kb.fromDisk("x"), lacks("fromDisk"));
});
