import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { docToJson } from "../../src/formats/doc-json.js";
import { parseSpacyTrain, readSpacyTrain } from "../../src/formats/spacy-train.js";
import { suiteFolder } from "../fixtures.js";
import { goldenCases } from "../golden.js";

interface Golden {
  readonly example: unknown;
  readonly doc?: object;
  readonly error?: string;
}
const golden = goldenCases<Golden>("spacy-train");
const location = { file: "f", line: 1 };
const folder = suiteFolder();
const parse = (annotations: object, text = "Emerson met Russ.") =>
  docToJson(parseSpacyTrain([text, annotations], location));

test("entities and links are what Example.from_dict makes of them", () => {
  assert.ok(golden.some(({ error }) => error) && golden.some(({ doc }) => doc));
  for (const { example, doc, error } of golden) {
    const convert = () => docToJson(parseSpacyTrain(example, location));
    if (error === undefined) assert.deepEqual(convert(), doc);
    else assert.throws(convert, { code: "L124" }, `spaCy: ${error}`); // E980
  }
});

test("JSONL, JSON and indented JSON are read alike", async () => {
  const examples = golden.filter(({ doc }) => doc).map(({ example }) => example);
  const contents = [
    examples.map((example) => `${JSON.stringify(example)}\n`).join(""),
    JSON.stringify(examples),
    JSON.stringify(examples, null, 2),
  ];
  for (const [i, content] of contents.entries()) {
    const path = join(folder, `${i}.json`);
    writeFileSync(path, content);
    const found = [];
    for await (const doc of readSpacyTrain(path)) found.push(docToJson(doc));
    assert.deepEqual(
      found,
      golden.flatMap(({ doc }) => doc ?? []),
    );
  }
});

test("links by keys of any brackets, or as pairs", () => {
  const entities = [[0, 7, "PERSON"]];
  const linked = [{ start: 0, end: 7, label: "PERSON", kb_id: "Q1" }];
  for (const links of [
    { "(0, 7)": { Q1: 1 } },
    { "[0,7]": { Q1: 1 } },
    { "0,7": { Q1: 1 } },
    { " ( 0 , 7 )\n": { Q1: 1 } },
    [[[0, 7], { Q1: 1 }]],
  ])
    assert.deepEqual(parse({ entities, links }).ents, linked);
});

test("no link with 1.0 is no annotation; NIL has to be said", () => {
  const entities = [[0, 7, "PERSON"]];
  const idOf = (scores: object) => (parse({ entities, links: { "(0, 7)": scores } }).ents as object[])[0];
  assert.deepEqual(idOf({ Q1: 0.0, Q2: 0.9 }), { start: 0, end: 7, label: "PERSON", kb_id: "" });
  assert.deepEqual(idOf({ Q1: 0.0, NIL: 1.0 }), { start: 0, end: 7, label: "PERSON", kb_id: "NIL" });
});

test("sentences count in code points too", () => {
  const sents = [[0, 2], { start: 3, end: 8 }];
  assert.deepEqual(parse({ sents }, "🍎. Ada 🍏"), {
    text: "🍎. Ada 🍏",
    ents: [],
    sents: [
      { start: 0, end: 3 },
      { start: 4, end: 10 },
    ],
  });
});

test("tells of links that lie on no entity", () => {
  let unused = 0;
  const annotations = {
    entities: [[0, 7, "PERSON"]],
    links: { "(12, 16)": { Q1: 1 }, "(0, 7)": { Q2: 1 } },
  };
  parseSpacyTrain(["Emerson met Russ.", annotations], location, { onUnusedLink: () => unused++ });
  assert.equal(unused, 1);
});

test("errors name the place and what was expected", () => {
  const refused = (json: unknown) => () => parseSpacyTrain(json, location);
  assert.throws(refused({ text: "a" }), { code: "L102", message: /f:1: an example must be \[text, / });
  assert.throws(refused([1, {}]), { code: "L102", message: /the text/ });
  assert.throws(refused(["a", []]), { code: "L102", message: /the annotations/ });
  for (const entities of [[[0, 1]], [["0", 1, "X"]], ["O"], {}])
    assert.throws(refused(["a", { entities }]), { code: "L102", message: /entities/ });
  for (const links of [
    { x: { Q1: 1 } },
    { "(0, 1)": "Q1" },
    "Q1",
    [[0, 1]],
    { "(0, 99999999999999999999)": { Q1: 1 } },
  ])
    assert.throws(refused(["a", { links }]), { code: "L102", message: /link/ });
  assert.throws(refused(["a", { sents: [0] }]), { code: "L102", message: /sents\[0\]/ });
  assert.throws(refused(["🍎", { entities: [[0, 2, "X"]] }]), { code: "L120", message: /entities\[0\]/ });
  assert.throws(
    refused([
      "ab",
      {
        entities: [
          [0, 2, "X"],
          [1, 2, "X"],
        ],
      },
    ]),
    { code: "L105" },
  );
});

test("a key of white space without end is refused at once", { timeout: 5_000 }, () => {
  for (const key of [" ".repeat(200_000), `(0, 7${" ".repeat(200_000)}x`]) {
    assert.throws(() => parse({ links: { [key]: { Q1: 1 } } }), {
      code: "L102",
      message: /the key of a link/,
    });
  }
});
