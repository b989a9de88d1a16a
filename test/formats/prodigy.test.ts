import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { docToJson } from "../../src/formats/doc-json.js";
import { readProdigy } from "../../src/formats/prodigy.js";
import { jsonLines } from "../fixtures.js";

/** A line as `prodigy db-out` writes it after the tutorial's recipe. */
const record = (changes: object = {}) => ({
  text: "🎾 Emerson won in 1964.",
  _input_hash: 2024197919,
  _task_hash: -1926469210,
  spans: [
    { start: 2, end: 9, text: "Emerson", rank: 0, label: "PERSON", score: 1, source: "en_core_web_lg" },
  ],
  meta: { score: 1 },
  options: [
    { id: "Q48226", html: "<a href='https://www.wikidata.org/wiki/Q48226'>Q48226</a>" },
    { id: "NIL_otherLink", text: "Link not in options" },
    { id: "NIL_ambiguous", text: "Need more context" },
  ],
  _session_id: null,
  _view_id: "choice",
  accept: ["Q48226"],
  answer: "accept",
  ...changes,
});

async function converted(...records: object[]): Promise<{ docs: object[]; skipped: string[] }> {
  const skipped: string[] = [];
  const stdin = Readable.from([Buffer.from(jsonLines(records))]);
  const docs = [];
  for await (const doc of readProdigy("-", { stdin, onSkip: (answer) => skipped.push(answer) }))
    docs.push(docToJson(doc));
  return { docs, skipped };
}

const linked = (kb_id: string) => ({
  text: "🎾 Emerson won in 1964.",
  ents: [{ start: 3, end: 10, label: "PERSON", kb_id }],
});

test("the accepted id goes to the span, offsets become UTF-16", async () => {
  assert.deepEqual(await converted(record()), { docs: [linked("Q48226")], skipped: [] });
});

test("both kinds of NIL are NIL", async () => {
  for (const id of ["NIL_otherLink", "NIL_ambiguous", "NIL"])
    assert.deepEqual((await converted(record({ accept: [id] }))).docs, [linked("NIL")]);
});

test("rejected and ignored records are left out and told", async () => {
  const records = [record({ answer: "reject" }), record(), record({ answer: "ignore", accept: [] })];
  assert.deepEqual(await converted(...records), { docs: [linked("Q48226")], skipped: ["reject", "ignore"] });
});

test("nothing chosen is not annotated, but for ids of the spans themselves", async () => {
  assert.deepEqual((await converted(record({ accept: [] }))).docs, [linked("")]);
  const spans = [
    { start: 0, end: 1, label: "THING", kb_id: "Q847" },
    { start: 2, end: 9, label: "PERSON" },
  ];
  const { docs } = await converted(record({ accept: undefined, answer: undefined, spans }));
  assert.deepEqual((docs[0] as { ents: object[] }).ents, [
    { start: 0, end: 2, label: "THING", kb_id: "Q847" },
    { start: 3, end: 10, label: "PERSON", kb_id: "" },
  ]);
});

test("errors name the line and what was expected", async () => {
  const span = { start: 2, end: 9, label: "PERSON" };
  for (const { changes, code, message } of [
    { changes: { accept: ["Q1", "Q2"] }, code: "L123", message: /stdin:2: found 2 accepted ids and 1 spans/ },
    { changes: { spans: [span, { ...span, start: 10, end: 13 }] }, code: "L123", message: /1 .*and 2 spans/ },
    { changes: { spans: [] }, code: "L123", message: /0 spans/ },
    { changes: { answer: "maybe" }, code: "L102", message: /answer must be .*found "maybe"/ },
    { changes: { accept: "Q1" }, code: "L102", message: /accept must be a list/ },
    { changes: { accept: [1] }, code: "L102", message: /accept\[0\]/ },
    { changes: { spans: {} }, code: "L102", message: /spans must be/ },
    { changes: { spans: [1] }, code: "L102", message: /spans\[0\] must be/ },
    { changes: { spans: [{ start: 2 }] }, code: "L102", message: /spans\[0\]\.end/ },
    { changes: { spans: [{ ...span, end: 23 }] }, code: "L120", message: /offsets 0 to 22 / },
    { changes: { text: 1 }, code: "L102", message: /text must be/ },
  ])
    await assert.rejects(converted(record(), record(changes)), { code, message });
});
