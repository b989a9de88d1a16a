import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { docToJson } from "../../src/formats/doc-json.js";
import { parseSpacyJson, readSpacyJson } from "../../src/formats/spacy-json.js";
import { jsonLines, suiteFolder } from "../fixtures.js";
import { goldenCases } from "../golden.js";

interface Row {
  readonly ents: { kb_id: string }[];
}
const golden = goldenCases<{ docs: Row[]; to_json: object[] }>("docbin");
const location = { file: "f", line: 1 };
const folder = suiteFolder();

async function docsOf(content: string): Promise<object[]> {
  const path = join(folder, "docs.json");
  writeFileSync(path, content);
  const docs = [];
  for await (const doc of readSpacyJson(path)) docs.push(docToJson(doc));
  return docs;
}

test("what Doc.to_json gives, as JSONL, JSON and indented JSON; it has no kb_id", async () => {
  for (const { docs, to_json } of golden) {
    const expected = docs.map((doc) => ({ ...doc, ents: doc.ents.map((ent) => ({ ...ent, kb_id: "" })) }));
    for (const content of [jsonLines(to_json), JSON.stringify(to_json), JSON.stringify(to_json, null, 1)]) {
      const found = await docsOf(content);
      assert.deepEqual(
        found.map((doc) => ({ ...doc, cats: undefined })),
        expected.map((doc) => ({ ...doc, cats: undefined })),
      );
    }
  }
});

test("keeps id, kb_id and other keys, leaves out what has places of its own", () => {
  const doc = parseSpacyJson(
    {
      id: "d1",
      text: "🍎 Ada",
      ents: [{ start: 2, end: 5, label: "PERSON", kb_id: "Q7259", kb_name: "Ada" }],
      cats: { x: 1 },
      tokens: [{ id: 0, start: 0, end: 1 }],
      spans: { sc: [] },
    },
    location,
  );
  assert.deepEqual(docToJson(doc), {
    id: "d1",
    text: "🍎 Ada",
    ents: [{ start: 3, end: 6, label: "PERSON", kb_id: "Q7259", kb_name: "Ada" }],
    cats: { x: 1 },
  });
});

test("errors name the document and the key", () => {
  const parse = (json: unknown) => () => parseSpacyJson(json, location);
  assert.throws(parse({ text: "🍎🍎", ents: [{ start: 0, end: 3 }] }), {
    code: "L120",
    message: /f:1: ents\[0\] .*offsets 0 to 2 /,
  });
  assert.throws(parse({ text: "a", sents: [{ start: 0, end: 2 }] }), {
    code: "L120",
    message: /f:1: sents\[0\]/,
  });
  assert.throws(parse({ text: "a", ents: [{ start: "0", end: 1 }] }), {
    code: "L102",
    message: /ents\[0\]\.start/,
  });
  assert.throws(parse({ text: "a", ents: [7] }), { code: "L102", message: /ents\[0\]/ });
  assert.throws(parse({ text: "a", ents: {} }), { code: "L102", message: /ents/ });
  assert.throws(parse({ ents: [] }), { code: "L102", message: /text must be/ });
  assert.throws(parse(["a"]), { code: "L102", message: /a document must be/ });
  assert.throws(
    parse({
      text: "abc",
      ents: [
        { start: 0, end: 2 },
        { start: 1, end: 3 },
      ],
    }),
    { code: "L105" },
  );
});
