import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { ENTITIES, jsonLines, linkwright, type Ran, suiteFolder, writeCorpus } from "../fixtures.js";
import { entityVectors } from "../vector-kb.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const model = join(folder, "model");
const kb = join(folder, "kb");
const COSINE = ["--model.architecture", "cosine"];

function assertDone({ status, stdout, stderr }: Ran): string {
  assert.equal(status, 0, stderr);
  return stdout;
}

/** The last line of stderr of a command that failed. */
function failure({ status, stdout, stderr }: Ran): string {
  assert.deepEqual([status, stdout], [1, ""], stderr);
  return stderr.trimEnd().split("\n").at(-1) as string;
}

before(() => {
  const vectors = entityVectors();
  const withVectors = ENTITIES.map((entity, i) => ({ ...entity, vector: vectors[i] }));
  writeFileSync(join(corpus.source, "entities.jsonl"), jsonLines(withVectors));
  assertDone(linkwright(["create-index", corpus.source, kb]));
  const options = ["-o", model, "--training.max_epochs", "8", "--paths.kb", kb];
  const { status, stderr } = linkwright(["train", corpus.config, ...options, ...COSINE]);
  assert.equal(status, 0, stderr);
  assert.match(stderr, /scores as they are, threshold none\n$/);
});

describe("a model with spaCy's score", () => {
  it("is evaluated, applied and linked with as others are", () => {
    const scores = JSON.parse(assertDone(linkwright(["evaluate", model, corpus.dev, "--json"]))) as Record<
      string,
      number
    >;
    assert.equal(scores.threshold, null);
    assert.ok((scores.accuracy as number) >= (scores.prior_accuracy as number));
    assert.match(assertDone(linkwright(["evaluate", model, corpus.dev])), /^threshold +none$/m);
    const output = join(folder, "out.jsonl");
    assertDone(linkwright(["apply", model, corpus.dev, output, "--candidates"]));
    const [first] = readFileSync(output, "utf8")
      .split("\n")
      .map((line) => line && JSON.parse(line));
    const [ent] = first.ents as [
      { kb_id: string; score: number; candidates: { kb_id: string; score: number }[] },
    ];
    assert.deepEqual([ent.kb_id, ent.score], [ent.candidates[0]?.kb_id, ent.candidates[0]?.score]);
    const [[zurich]] = JSON.parse(`[${assertDone(linkwright(["link", model, "Zürich", "--json"]))}]`);
    assert.deepEqual([zurich.kb_id, zurich.score, zurich.reason], ["Q8", 1, "linked"]);
  });

  it("can't be asked for a precision", () => {
    const refused = linkwright(["evaluate", model, corpus.dev, "--decide.precision", "0.9"]);
    assert.match(failure(refused), /\[L511\].*no probabilities/);
  });

  it("needs vectors in the knowledge base", () => {
    writeFileSync(join(corpus.source, "entities.jsonl"), jsonLines(ENTITIES));
    const refused = linkwright(["train", corpus.config, "-o", join(folder, "none"), ...COSINE]);
    assert.match(failure(refused), /^linkwright: \[L409\].*found none/);
  });
});
