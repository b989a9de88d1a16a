import assert from "node:assert/strict";
import { test } from "node:test";
import type { Candidate } from "../../src/kb/candidate.js";
import { KnowledgeBase } from "../../src/kb/knowledge-base.js";
import { smallKb } from "./small-kb.js";

/** A knowledge base that has to be asked over a network, as it were. */
class RemoteKb extends KnowledgeBase {
  readonly entityVectorLength = 3;
  private readonly local = smallKb().kb;

  override async getCandidates(mention: string): Promise<readonly Candidate[]> {
    return this.local.getCandidates(mention);
  }
  override async getVector(entity: string): Promise<Float32Array> {
    return this.local.getVector(entity);
  }
  override async toDisk(): Promise<void> {}
  override async fromDisk(): Promise<this> {
    return this;
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
