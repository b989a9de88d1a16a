import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { readdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { writeDocs } from "../../src/formats/doc-jsonl.js";
import { readAnyDocs } from "../../src/formats/document-formats.js";
import type { DocumentFormat } from "../../src/formats/format-names.js";
import type { Doc, Sentence } from "../../src/text/doc.js";
import { damaged, damagedJsons } from "../arbitraries.js";
import { suiteFolder } from "../fixtures.js";
import { readOrRefused } from "../refusals.js";

/** Two records of each format, with everything that it may hold; offsets of 🍎 differ between UTF-16 and code points. */
const RECORDS: Readonly<Record<Exclude<DocumentFormat, "docbin">, readonly unknown[]>> = {
  docs: [
    {
      id: "a",
      text: "🍎 Paris\r\nBob",
      ents: [
        {
          start: 0,
          end: 2,
          label: "",
          kb_id: "Q1",
          score: 0.5,
          reason: "linked",
          one_of: ["Q1"],
          candidates: [{}],
        },
        { start: 3, end: 8, label: "GPE", kb_id: "NIL" },
      ],
      sents: [
        { start: 0, end: 8 },
        { start: 10, end: 13 },
      ],
    },
    { text: " \n", ents: [] },
  ],
  "spacy-json": [
    {
      text: "🍎 Paris",
      ents: [{ start: 2, end: 7, label: "GPE", kb_id: "Q1" }],
      sents: [{ start: 0, end: 7 }],
      tokens: [],
    },
    { text: "Bob", ents: [{ start: 0, end: 3, label: "PER" }] },
  ],
  "spacy-train": [
    [
      "🍎 Paris",
      {
        entities: [
          [0, 1, "F"],
          [2, 7, "GPE"],
        ],
        links: { "(2, 7)": { Q1: 1.0, Q2: 0.0 } },
        sents: [[0, 7]],
      },
    ],
    ["Bob", { entities: [[0, 3, "PER"]], links: [[[0, 3], { NIL: 1.0 }]] }],
  ],
  prodigy: [
    {
      text: "🍎 Paris",
      spans: [{ start: 2, end: 7, label: "GPE" }],
      accept: ["Q1"],
      answer: "accept",
      options: [],
    },
    {
      text: "Bob",
      spans: [
        { start: 0, end: 3, kb_id: "Q2" },
        { start: 3, end: 3 },
      ],
      answer: "reject",
    },
  ],
};

/** File and line, file and record, or what is wrong with the file as a whole. */
const PLACE = /stdin(:\d+|, document \d+|:\d+, document \d+| has no documents| is neither)/;

const linesOf = (records: readonly unknown[]): string =>
  records.map((record) => `${JSON.stringify(record)}\n`).join("");

async function read(bytes: Uint8Array, format: DocumentFormat): Promise<Doc[]> {
  const found: Doc[] = [];
  for await (const doc of readAnyDocs("-", format, { stdin: [bytes] as never })) found.push(doc);
  return found;
}

/** Whether a document may go anywhere: nothing downstream asks again. */
function assertSound({ id, text, ents, sents, hasGivenSents }: Doc): void {
  assert.equal(typeof id + typeof text, "stringstring");
  assertInOrder(ents, text);
  if (hasGivenSents) assertInOrder(sents, text);
  for (const { label, kbId, score = 0, reason = "", oneOf = [], candidates = [] } of ents) {
    assert.ok([label, kbId, reason, ...oneOf].every((value) => typeof value === "string"));
    assert.ok(Number.isFinite(score) && Array.isArray(candidates), `${score}`);
  }
}

function assertInOrder(ranges: readonly Sentence[], { length }: string): void {
  let from = 0;
  for (const { start, end } of ranges) {
    assert.ok(Number.isInteger(start) && Number.isInteger(end), `${start} to ${end}`);
    assert.ok(
      from <= start && start < end && end <= length,
      `${start} to ${end} after ${from}, of ${length}`,
    );
    from = end;
  }
}

for (const [format, records] of Object.entries(RECORDS) as [DocumentFormat, readonly unknown[]][]) {
  describe(`damaged ${format}`, () => {
    const lines = Buffer.from(linesOf(records));

    async function assertRefusedOrSound(bytes: Uint8Array): Promise<boolean> {
      const docs = await readOrRefused(() => read(bytes, format), PLACE);
      assert.ok(docs === undefined || isUtf8(bytes));
      docs?.forEach(assertSound);
      return docs === undefined;
    }

    test("undamaged it is read", async () => {
      assert.equal(await assertRefusedOrSound(lines), false);
    });

    test("cut inside of a line it is refused", async () => {
      const whole = new Set([...lines.keys()].filter((at) => [lines[at], lines[at - 1]].includes(10)));
      for (let length = 1; length < lines.length; length++) {
        assert.equal(
          await assertRefusedOrSound(lines.subarray(0, length)),
          !whole.has(length),
          `cut to ${length}`,
        );
      }
    });

    test("with bytes altered it is refused with file and place, or gives sound documents", async () => {
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(damaged(lines), async (bytes) => {
          refused += Number(await assertRefusedOrSound(bytes));
        }),
        { numRuns: 400 },
      );
      assert.ok(refused > 200, `${refused} refused`);
    });

    test("with another value anywhere it is refused with file and place, or gives sound documents", async () => {
      const outcomes = [];
      for (const record of records) {
        const rest = linesOf(records.filter((one) => one !== record));
        for (const json of damagedJsons(record))
          outcomes.push(await assertRefusedOrSound(Buffer.from(`${json}\n${rest}`)));
      }
      assert.ok(outcomes.filter((isRefused) => isRefused).length > outcomes.length / 3);
    });

    test("nested beyond what can be shown in a message it is refused", async () => {
      const deep = "[".repeat(50_000) + "]".repeat(50_000);
      for (const json of [`[1, ${deep}]`, `{"text": ${deep}}`, `["x", {"links": [[${deep}, 0]]}]`]) {
        assert.equal(await assertRefusedOrSound(Buffer.from(json)), true, json.slice(0, 20));
      }
    });
  });
}

test("a document that is nested too deep to be written is refused by its number, and nothing is written", async () => {
  const deep = `{"text": "x", "user": ${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  const docs = await read(Buffer.from(`{"text": "first"}\n${deep}`), "docs");
  const path = join(suiteFolder(), "out.jsonl");
  await assert.rejects(writeDocs(path, docs), {
    code: "L108",
    message: /out\.jsonl: document 2 has no JSON/,
  });
  assert.deepEqual(readdirSync(dirname(path)), []);
});
