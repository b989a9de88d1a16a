import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { readConfig } from "../../src/linker/config.js";
import { checkAnnotation } from "../../src/training/corpus.js";
import { dataReportText, reportData } from "../../src/training/data-report.js";
import { jsonLines, marked, suiteFolder, tinyKb, writeCorpus } from "../fixtures.js";

describe("reportData", () => {
  const folder = suiteFolder();
  const { config } = writeCorpus(folder);
  const dev = join(folder, "dev.jsonl");

  it("by hand: what candidates can give, and which golds they miss", async () => {
    writeFileSync(
      dev,
      jsonLines([
        {
          text: "Paris, Jordans, ZURICH; Xanadu.",
          ents: [
            { start: 0, end: 5, label: "GPE", kb_id: "Q2" }, // 3 candidates, gold is second
            { start: 7, end: 14, label: "PERSON", kb_id: "Q4" }, // plural, 2 candidates, gold is first
            { start: 16, end: 22, label: "GPE", kb_id: "Q8" }, // normalised, 1 candidate
            { start: 24, end: 30, label: "GPE", kb_id: "Q1" }, // none
          ],
        },
        {
          text: "Paris Hilton Xanadu",
          ents: [
            { start: 0, end: 12, label: "PERSON", kb_id: "NIL" }, // 1 candidate
            { start: 12, end: 19, label: "", kb_id: "Q999" }, // unknown id; begins with a space
          ],
        },
        { text: "Apples", ents: [{ start: 0, end: 5, label: "ORG" }] }, // not annotated; ends within a word
      ]),
    );
    const { kb, dev: report } = await reportData(readConfig(config));
    assert.deepEqual(kb, { entities: 8, aliases: 9, entities_without_description: 0 });
    assert.deepEqual(report, {
      documents: 3,
      mentions: 7,
      annotated: 6,
      nil: 1,
      unknown_ids: 1,
      ambiguous: 2,
      candidates_per_mention: (3 + 2 + 1 + 0 + 1 + 0) / 6,
      candidate_recall: 3 / 4,
      oracle_accuracy: 5 / 6,
      prior_accuracy: 3 / 6, // Jordans, ZURICH, and the unknown id, which has no candidate
      recall_by_path: {
        exact: 1 / 4,
        normalised: 1 / 4,
        plural: 1 / 4,
        longer_mention: 0,
        partial: 0,
        trigram: 0,
      },
      labels: { GPE: 3, PERSON: 2, "": 1 },
      odd_offsets: 2,
      cut_off: 0,
      missed: [{ surface: "Xanadu", kb_id: "Q1", count: 1 }],
    });
  });

  it("as text has the figures of both corpora", async () => {
    const text = dataReportText(await reportData(readConfig(config)));
    assert.match(text, /^knowledge base: 8 entities, 9 aliases/);
    assert.match(text, /^train: 16 documents/m);
    assert.match(text, /1 x "Xanadu" -> Q1/);
  });

  it("counts descriptions that are missing", async () => {
    const source = join(folder, "source");
    writeFileSync(
      join(source, "entities.jsonl"),
      jsonLines([
        { id: "A", name: "A" },
        { id: "B", description: "b" },
      ]),
    );
    writeFileSync(join(source, "aliases.jsonl"), jsonLines([{ alias: "x", entities: ["A"], counts: [2] }]));
    const { kb } = await reportData(readConfig(config));
    assert.deepEqual(kb, { entities: 2, aliases: 2, entities_without_description: 1 });
  });
});

describe("checkAnnotation", () => {
  const kb = tinyKb();

  it("refuses a corpus without annotation, and one of another knowledge base", async () => {
    await assert.rejects(checkAnnotation([marked("[Paris]")], kb, "t.jsonl"), {
      code: "L505",
      message: /t\.jsonl/,
    });
    await assert.rejects(checkAnnotation([marked("[Paris|Z9] [Oslo|NIL]")], kb, "t.jsonl"), {
      code: "L506",
      message: /"Z9"/,
    });
  });

  it("takes one id that is known, or NIL alone", async () => {
    await checkAnnotation([marked("[Paris|Z9] [Paris|Q1]")], kb, "t.jsonl");
    await checkAnnotation([marked("[Paris|NIL]")], kb, "t.jsonl");
  });
});
