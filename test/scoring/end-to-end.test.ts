import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { DocumentLinker } from "../../src/linker/linker.js";
import { LINKER_DEFAULTS } from "../../src/linker/options.js";
import { MENTION_DEFAULTS } from "../../src/mentions/options.js";
import { type EndToEndScores, evaluateEndToEnd, scoreEndToEnd } from "../../src/scoring/end-to-end.js";
import { Doc, type Example, type Span } from "../../src/text/doc.js";
import { assertClose, tinyKb } from "../fixtures.js";

/** `"0-5 Q1"` -> a mention. */
function ents(...notes: string[]): Span[] {
  return notes.map((note) => {
    const [, start, end, kbId = ""] = /^(\d+)-(\d+) ?(.*)$/.exec(note) as RegExpExecArray;
    return { start: Number(start), end: Number(end), label: "", kbId };
  });
}

const TEXT = "x".repeat(60);
const example = (gold: Span[], predicted: Span[]): Example => ({
  reference: new Doc(TEXT, { ents: gold }),
  predicted: new Doc(TEXT, { ents: predicted }),
});
const isKnown = (id: string): boolean => /^Q[1-8]$/.test(id);

function assertScores(scores: EndToEndScores, name: string, expected: readonly (number | null)[]): void {
  const found = (["p", "r", "f"] as const).map(
    (m) => (scores as Record<string, number | null>)[`${name}_${m}`],
  );
  if (expected.includes(null)) assert.deepEqual(found, expected, name);
  else assertClose(found as number[], expected as number[], 1e-9, name);
}

describe("scoreEndToEnd, by hand", () => {
  // The first document: right, wrong entity, found only in part, missed, NIL found, and one too many.
  const first = example(
    ents("0-5 Q1", "6-10 Q2", "12-20 Q3", "22-25 Q4", "30-35 NIL"),
    ents("0-5 Q1", "6-10 Q5", "14-20 Q3", "30-35 NIL", "40-45 Q6"),
  );
  // The second: Q99 is not in the knowledge base, and counts as NIL; it was linked.
  const second = example(ents("0-5 Q99", "6-10 Q2"), ents("0-5 Q1", "6-10 Q2"));
  const scores = scoreEndToEnd([first, second, example([], [])], isKnown);

  it("strong", () => {
    // first: 2 right of 5 found and 5 annotated; second: 1 of 2 and 2; the third is empty
    assertScores(scores, "end_to_end_strong_micro", [3 / 7, 3 / 7, 3 / 7]);
    assertScores(scores, "end_to_end_strong_macro", [
      (0.4 + 0.5 + 1) / 3,
      (0.4 + 0.5 + 1) / 3,
      (0.4 + 0.5 + 1) / 3,
    ]);
  });

  it("weak: the mention that was found in part is right too", () => {
    assertScores(scores, "end_to_end_weak_micro", [4 / 7, 4 / 7, 4 / 7]);
    assertScores(scores, "end_to_end_weak_macro", [
      (0.6 + 0.5 + 1) / 3,
      (0.6 + 0.5 + 1) / 3,
      (0.6 + 0.5 + 1) / 3,
    ]);
  });

  it("InKB: annotated and predicted links alone", () => {
    // first: 1 right of 4 links and 4 annotated; second: 1 of 2 links, 1 annotated
    assertScores(scores, "end_to_end_strong_in_kb_micro", [2 / 6, 2 / 5, (2 * 2) / 11]);
    assertScores(scores, "end_to_end_strong_in_kb_macro", [
      (1 / 4 + 1 / 2 + 1) / 3,
      (1 / 4 + 1 + 1) / 3,
      (1 / 4 + 2 / 3 + 1) / 3,
    ]);
    assertScores(scores, "end_to_end_weak_in_kb_micro", [3 / 6, 3 / 5, (2 * 3) / 11]);
  });

  it("NIL: annotated and predicted NIL alone", () => {
    // first: found; second: missed; third: nothing to find
    assertScores(scores, "end_to_end_strong_nil_micro", [1, 1 / 2, 2 / 3]);
    assertScores(scores, "end_to_end_strong_nil_macro", [2 / 3, 2 / 3, 2 / 3]);
  });

  it("detection: places alone", () => {
    assertScores(scores, "detection_strong", [5 / 7, 5 / 7, 5 / 7]);
    assertScores(scores, "detection_weak", [6 / 7, 6 / 7, 6 / 7]);
  });

  it("a part with nothing to find and nothing found has no scores; all of it has 1", () => {
    const without = scoreEndToEnd([example(ents("0-5 Q1"), ents("0-5 Q1"))], isKnown);
    assertScores(without, "end_to_end_strong_nil_micro", [null, null, null]);
    assertScores(without, "end_to_end_strong_in_kb_micro", [1, 1, 1]);
    const empty = scoreEndToEnd([example([], [])], isKnown);
    assertScores(empty, "end_to_end_strong_micro", [1, 1, 1]);
    assertScores(empty, "end_to_end_weak_in_kb_macro", [null, null, null]);
  });

  it("mentions that nobody linked are left out, with what is found there", () => {
    const open = scoreEndToEnd(
      [example(ents("0-5", "10-15 Q2"), ents("0-5 Q1", "1-3 NIL", "10-15 Q2"))],
      isKnown,
    );
    assertScores(open, "end_to_end_strong_micro", [1 / 2, 1, 2 / 3]);
    assertScores(open, "end_to_end_weak_micro", [1, 1, 1]);
    assertScores(open, "detection_strong", [2 / 3, 1, 4 / 5]);
    assertScores(open, "end_to_end_strong_in_kb_micro", [1, 1, 1]);
    assertScores(open, "end_to_end_weak_nil_micro", [null, null, null]);
  });
});

describe("evaluateEndToEnd", () => {
  const text = "Paris and Jordan and more";
  /** Finds "Paris" and "more" and links each to Q1. */
  const linker = (detector: "gazetteer" | "spans"): DocumentLinker => ({
    kb: tinyKb(),
    options: LINKER_DEFAULTS,
    thresholds: { link: 0.5, set: 2, setSize: 0 },
    mentions: { ...MENTION_DEFAULTS, detector },
    detect: (doc) => {
      assert.deepEqual(doc.ents, [], "it does not see the annotation");
      return ents("0-5", "21-25");
    },
    async *pipe(docs) {
      for await (const doc of docs) {
        doc.ents = doc.ents.map((span) => ({ ...span, kbId: "Q1" }));
        yield doc;
      }
    },
  });
  const gold = (): Doc => new Doc(text, { ents: ents("0-5 Q1", "10-16 Q4") });

  it("scores what the linker finds, and leaves the documents as they are", async () => {
    const doc = gold();
    const scores = await evaluateEndToEnd(linker("gazetteer"), [doc]);
    assert.deepEqual(doc, gold());
    assertScores(scores, "end_to_end_strong_micro", [1 / 2, 1 / 2, 1 / 2]);
  });

  it("is refused where mentions are always given", async () => {
    await assert.rejects(evaluateEndToEnd(linker("spans"), [gold()]), { code: "L842" });
  });
});
