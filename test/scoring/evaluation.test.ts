import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import type { DocumentLinker } from "../../src/linker/linker.js";
import { LINKER_DEFAULTS } from "../../src/linker/options.js";
import { detectMentions } from "../../src/mentions/gazetteer-detector.js";
import { type Evaluation, evaluate } from "../../src/scoring/evaluation.js";
import { Doc, NIL, type Span } from "../../src/text/doc.js";

/** A candidate as id, prior, score; candidates are listed best score first, as linkers do. */
type Listed = readonly [kbId: string, prior: number, score: number];

interface Answer {
  readonly gold: string;
  readonly predicted: string;
  readonly candidates: readonly Listed[];
  readonly oneOf?: readonly string[];
}

function smallKb(): InMemoryLookupKB {
  const kb = new InMemoryLookupKB();
  for (const [id, freq] of [
    ["A", 1],
    ["B", 5],
    ["C", 9],
  ] as const)
    kb.addEntity(id, { freq });
  kb.addAlias("Name", ["A"], [1]);
  return kb;
}

/** One document with a mention an answer, all of them "Name". */
function docOf(answers: readonly Answer[], label = "X"): Doc {
  const ents = answers.map(({ gold }, i): Span => ({ start: 5 * i, end: 5 * i + 4, label, kbId: gold }));
  return new Doc("Name ".repeat(answers.length), { ents });
}

/** Something that gives these answers, mention by mention, whatever it is asked. */
function oracle(answers: readonly Answer[], { useGoldEnts = true } = {}): DocumentLinker {
  const kb = smallKb();
  async function* pipe(docs: Iterable<Doc>): AsyncGenerator<Doc> {
    for (const doc of docs) {
      assert.ok(
        doc.ents.every(({ kbId }) => kbId === ""),
        "the answers are not shown",
      );
      doc.ents = doc.ents.map((span) => {
        const { predicted, candidates, oneOf } = answers[span.start / 5] as Answer;
        const listed = candidates.map(([kbId, prior, score]) => {
          return { kbId, prior, score, frequency: kb.freq[kb.entityIds.get(kbId)] };
        });
        return { ...span, kbId: predicted, candidates: listed, ...(oneOf && { oneOf }) };
      });
      yield doc;
    }
  }
  const detect = (doc: Doc): Span[] => detectMentions(doc, kb);
  const options = { ...LINKER_DEFAULTS, useGoldEnts };
  return { kb, options, thresholds: { link: 0.5, set: 2, setSize: 0 }, pipe, detect };
}

const ANSWERS: readonly Answer[] = [
  {
    gold: "A",
    predicted: "A",
    candidates: [
      ["A", 0.6, 0.9],
      ["B", 0.4, 0.05],
    ],
  },
  {
    gold: "A",
    predicted: "B",
    candidates: [
      ["B", 0.3, 0.95],
      ["A", 0.7, 0.04],
    ],
  },
  { gold: "A", predicted: NIL, candidates: [["A", 1, 0.3]], oneOf: ["A", "B", "C"] },
  { gold: NIL, predicted: NIL, candidates: [] },
  { gold: NIL, predicted: "A", candidates: [["A", 1, 0.75]] },
  {
    gold: "unknown",
    predicted: NIL,
    candidates: [
      ["B", 0.5, 0.2],
      ["A", 0.5, 0.1],
    ],
    oneOf: ["B", "A"],
  },
  { gold: "C", predicted: NIL, candidates: [] },
  {
    gold: "C",
    predicted: "C",
    candidates: [
      ["C", 0.2, 0.55],
      ["A", 0.2, 0.35],
    ],
  },
  { gold: "", predicted: "A", candidates: [["A", 1, 0.99]] },
];

function assertScores(found: Evaluation, expected: Partial<Record<keyof Evaluation, number>>): void {
  for (const [key, value] of Object.entries(expected)) {
    const score = found[key as keyof Evaluation] as number;
    assert.ok(Math.abs(score - value) < 1e-9, `${key}: ${score}, not ${value}`);
  }
}

describe("evaluate", () => {
  it("by hand: eight annotated mentions, NIL counted, unknown ids as NIL", async () => {
    const scores = await evaluate(oracle(ANSWERS), [docOf(ANSWERS)]);
    assertScores(scores, {
      n_mentions: 8,
      accuracy: 4 / 8, // 1, 4, 6, 8
      accuracy_in_kb: 2 / 5, // 1 and 8 of 1, 2, 3, 7, 8
      accuracy_ambiguous: 2 / 3, // 1 and 8 of 1, 2, 8: 3 has one candidate, 7 none
      nil_p: 2 / 4, // 4 and 6 of 3, 4, 6, 7
      nil_r: 2 / 3, // of 4, 5, 6
      nil_f: 4 / 7,
      candidate_recall: 4 / 5, // all in the knowledge base but 7
      oracle_accuracy: 7 / 8, // all but 7
      prior_accuracy: 5 / 8, // 1, 2, 3, 4; in 8 the tie goes to the more frequent
      // In the bin from 0.9 lie 1 and 2, one right: |1.85 - 1|. Alone: 3 right 0.7, 5 wrong 0.75, 6 wrong 0.2, 8 right 0.45
      ece: (0.85 + 0.7 + 0.75 + 0.2 + 0.45) / 6,
      coverage: 4 / 8, // 1, 2, 5, 8
      link_precision: 2 / 4,
      set_coverage: 2 / 8,
      set_precision: 1 / 2,
      set_size: 2.5,
      threshold: 0.5,
    });
    assert.deepEqual(scores.reliability[9], { from: 0.9, to: 1, n: 2, confidence: 0.925, right: 0.5 });
    assert.equal(
      scores.reliability.reduce((sum, { n }) => sum + n, 0),
      6,
    );
    // below 0.3 are 6, right, and without a candidate 4, right, and 7, wrong; of NIL 4, 5, 6
    assert.deepEqual(scores.nil_curve[6], { threshold: 0.3, p: 2 / 3, r: 2 / 3, f: 2 / 3 });
    assert.equal(scores.nil_curve.at(-1)?.r, 1);
    assert.ok(scores.mentions_per_second > 0);
  });

  it("has spaCy's scores, which count what is not annotated too", async () => {
    // tp 1, 8; fp 2, 5, 9; fn 2, 3, 6, 7, 9
    const scores = await evaluate(oracle(ANSWERS), [docOf(ANSWERS)]);
    assertScores(scores, { nel_micro_p: 2 / 5, nel_micro_r: 2 / 7, nel_micro_f: 1 / 3 });
    assert.deepEqual(Object.keys(scores.nel_f_per_type), ["X"]);
  });

  it("leaves the documents as they are", async () => {
    const doc = docOf(ANSWERS);
    const before = structuredClone(doc.ents);
    await evaluate(oracle(ANSWERS), [doc]);
    assert.deepEqual(doc.ents, before);
  });

  it("is 0, not NaN, where there is nothing to count", async () => {
    const nothing: Answer[] = [{ gold: NIL, predicted: NIL, candidates: [] }];
    assertScores(await evaluate(oracle(nothing), [docOf(nothing)]), {
      accuracy: 1,
      accuracy_in_kb: 0,
      accuracy_ambiguous: 0,
      nil_f: 1,
      candidate_recall: 0,
      ece: 0,
    });
    const linked: Answer[] = [{ gold: "A", predicted: "A", candidates: [["A", 1, 1]] }];
    assertScores(await evaluate(oracle(linked), [docOf(linked)]), { nil_p: 0, nil_r: 0, nil_f: 0, ece: 0 });
  });

  it("without gold mentions asks for those only that the gazetteer finds; the others count as NIL", async () => {
    const answers = [
      { gold: "A", predicted: "A", candidates: [["A", 1, 1]] },
      { gold: "A", predicted: "A", candidates: [["A", 1, 1]] },
      { gold: NIL, predicted: "A", candidates: [["A", 1, 1]] },
    ] as const;
    const doc = docOf(answers);
    const ents = doc.ents.map((span, i) => (i === 0 ? span : { ...span, end: span.end - 1 })); // "Nam"
    const scores = await evaluate(oracle(answers, { useGoldEnts: false }), [doc.withEnts(ents)]);
    assertScores(scores, { n_mentions: 3, accuracy: 2 / 3, accuracy_in_kb: 1 / 2, candidate_recall: 1 / 2 });
  });
});
