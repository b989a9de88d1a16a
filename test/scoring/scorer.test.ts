import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { type LinkScores, PRFScore, scoreLinks } from "../../src/scoring/scorer.js";
import { Doc, type Example, type Span } from "../../src/text/doc.js";

const text = "a b c d e f g h";

/** A mention out of `"first-last label kb_id"`, counted in words of two characters. */
function spanOf(short: string): Span {
  const [range = "", label = "", kbId = ""] = short.split(" ");
  const [first = 0, last = 0] = range.split("-").map(Number);
  return { start: 2 * first, end: 2 * last - 1, label, kbId };
}

function exampleOf(gold: readonly string[], predicted: readonly string[]): Example {
  return {
    reference: new Doc(text, { ents: gold.map(spanOf) }),
    predicted: new Doc(text, { ents: predicted.map(spanOf) }),
  };
}

const micro = ({ nel_micro_p, nel_micro_r, nel_micro_f }: LinkScores) => [
  nel_micro_p,
  nel_micro_r,
  nel_micro_f,
];
const macro = ({ nel_macro_p, nel_macro_r, nel_macro_f }: LinkScores) => [
  nel_macro_p,
  nel_macro_r,
  nel_macro_f,
];

function assertClose(
  found: readonly (number | undefined)[],
  expected: readonly number[],
  message?: string,
): void {
  assert.equal(found.length, expected.length, message);
  for (const [i, value] of expected.entries()) {
    assert.ok(
      Math.abs((found[i] ?? Number.NaN) - value) <= 1e-12,
      `${message}: ${found} instead of ${expected}`,
    );
  }
}

/** Micro scores of one mention. */
function scoreOf(gold: string, predicted: string): number[] {
  return micro(scoreLinks([exampleOf([`0-1 PER ${gold}`], [`0-1 PER ${predicted}`])]));
}

test("a right link, a wrong one, and NIL on either side", () => {
  assert.deepEqual(scoreOf("Q1", "Q1"), [1, 1, 1]);
  const half = micro(
    scoreLinks([exampleOf(["0-1 PER Q1", "1-2 PER Q2"], ["0-1 PER Q1", "1-2 PER Q3"])]), // tp 1, fp 1, fn 1
  );
  assert.deepEqual(half, [0.5, 0.5, 0.5]);
  const missed = micro(scoreLinks([exampleOf(["0-1 PER Q1", "1-2 PER Q2"], ["0-1 PER Q1", "1-2 PER NIL"])]));
  assertClose(missed, [1, 0.5, 2 / 3]);
  const invented = micro(
    scoreLinks([exampleOf(["0-1 PER Q1", "1-2 PER NIL"], ["0-1 PER Q1", "1-2 PER Q2"])]),
  );
  assertClose(invented, [0.5, 1, 2 / 3]);
  const bothNil = micro(
    scoreLinks([exampleOf(["0-1 PER Q1", "1-2 PER NIL"], ["0-1 PER Q1", "1-2 PER NIL"])]),
  );
  assert.deepEqual(bothNil, [1, 1, 1]);
});

test("not annotated is no negative", () => {
  assert.deepEqual(scoreOf("", ""), [1, 1, 1]);
  const { nel_f_per_type } = scoreLinks([
    exampleOf(["0-1 PER Q1", "1-2 PER ", "2-3 PER "], ["0-1 PER Q1", "1-2 PER NIL", "2-3 PER Q2"]),
  ]); // tp 1, fn 1, fp 1 + fn 1
  assertClose(Object.values(nel_f_per_type.PER ?? {}), [1 / 2, 1 / 3, 2 / 5]);
});

test("only mentions with equal offsets count, whatever the label predicted", () => {
  const scores = scoreLinks([
    exampleOf(["0-1 PER Q1", "2-4 LOC Q2", "5-6 ORG Q3"], ["0-1 LOC Q1", "2-3 LOC Q2", "6-8 ORG Q9"]),
  ]);
  assert.deepEqual(micro(scores), [1, 1, 1]);
  assert.deepEqual(scores.nel_f_per_type, { PER: { p: 1, r: 1, f: 1 } });
});

test("micro sums counts, macro is the mean over labels", () => {
  const scores = scoreLinks([
    exampleOf(["0-1 PER Q1", "1-2 PER Q1", "2-3 PER Q1"], ["0-1 PER Q1", "1-2 PER Q1", "2-3 PER Q1"]),
    exampleOf(["0-1 LOC Q2", "1-2 ORG NIL"], ["0-1 LOC Q3", "1-2 ORG NIL"]),
  ]);
  assert.deepEqual(micro(scores), [0.75, 0.75, 0.75]);
  assertClose(macro(scores), [1 / 3, 1 / 3, 1 / 3]);
  const none = { p: 0, r: 0, f: 0 };
  assert.deepEqual(scores.nel_f_per_type, { PER: { p: 1, r: 1, f: 1 }, LOC: none, ORG: none });
});

test("nothing to score is 0, not NaN", () => {
  const scores = scoreLinks([]);
  assert.deepEqual([...micro(scores), ...macro(scores)], [0, 0, 0, 0, 0, 0]);
  assert.deepEqual(scores.nel_f_per_type, {});
  assert.deepEqual(new PRFScore().toDict(), { p: 0, r: 0, f: 0 });
});

test("negative labels may be others", () => {
  const example = exampleOf(["0-1 PER NIL", "1-2 PER Q1"], ["0-1 PER ", "1-2 PER Q1"]);
  assert.deepEqual(micro(scoreLinks([example], { negativeLabels: ["NIL", ""] })), [1, 1, 1]);
  assert.deepEqual(micro(scoreLinks([example], { negativeLabels: [] })), [0.5, 0.5, 0.5]);
});

test("the F score of all labels has spaCy's second name too, and Python's names are refused", () => {
  const examples = [exampleOf(["0-1 PER Q1", "2-3 PER Q2"], ["0-1 PER Q1", "2-3 PER Q1"])];
  const { nel_score, nel_score_desc } = scoreLinks(examples);
  assert.deepEqual([nel_score, nel_score_desc], [0.5, "micro F"]);
  assert.throws(() => scoreLinks(examples, { negative_labels: [""] } as never), { code: "L001" });
  assert.throws(() => scoreLinks(examples, ["NIL"] as never), { code: "L001" });
});

test("a label may have any name", () => {
  const { nel_f_per_type } = scoreLinks([exampleOf(["0-1 __proto__ Q1"], ["0-1 __proto__ Q1"])]);
  assert.deepEqual(Object.entries(nel_f_per_type), [["__proto__", { p: 1, r: 1, f: 1 }]]);
});

interface GoldenCase {
  /** Gold and predicted mentions of each document. */
  readonly docs: readonly (readonly [string[], string[]])[];
  readonly negative?: readonly string[];
  readonly scores: readonly number[];
  readonly types: Readonly<Record<string, readonly number[]>>;
}

test("300 cases as spaCy scores them", () => {
  const file = new URL("../../../test/golden/score-links.json", import.meta.url);
  const { cases }: { cases: GoldenCase[] } = JSON.parse(readFileSync(file, "utf8"));
  assert.equal(cases.length, 300);
  for (const [i, { docs, negative, scores, types }] of cases.entries()) {
    const examples = docs.map(([gold, predicted]) => exampleOf(gold, predicted));
    const found = scoreLinks(examples, negative === undefined ? {} : { negativeLabels: negative });
    assertClose([...micro(found), ...macro(found)], scores, `case ${i}`);
    assert.deepEqual(Object.keys(found.nel_f_per_type), Object.keys(types));
    for (const [label, { p, r, f }] of Object.entries(found.nel_f_per_type)) {
      assertClose([p, r, f], types[label] ?? [], `case ${i}, ${label}`);
    }
  }
});
