import assert from "node:assert/strict";
import { test } from "node:test";
import { docToJson, parseDoc } from "../../src/formats/doc-json.js";
import { Doc } from "../../src/text/doc.js";

const location = { file: "train.jsonl", line: 7 };

function parsed(json: unknown): Doc {
  return parseDoc(json, location);
}

/** Expects a refusal of that code whose message has the file and line and each of the parts. */
function assertRefused(json: unknown, code: string, ...parts: readonly string[]): void {
  assert.throws(
    () => parsed(json),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, code, error.message);
      for (const part of ["train.jsonl:7: ", ...parts])
        assert.ok(error.message.includes(part), error.message);
      return true;
    },
  );
}

test("a document as in spaCy's Doc.to_json", () => {
  const doc = parsed({
    id: "Gen.4",
    text: "Adam knew Eve.",
    ents: [{ start: 0, end: 4, label: "PERSON", kb_id: "Q70899" }],
    sents: [{ start: 0, end: 14 }],
  });
  assert.deepEqual([doc.id, doc.text, doc.hasGivenSents, doc.meta], ["Gen.4", "Adam knew Eve.", true, {}]);
  assert.deepEqual(doc.ents, [{ start: 0, end: 4, label: "PERSON", kbId: "Q70899" }]);
  assert.deepEqual(doc.sents, [{ start: 0, end: 14 }]);
});

test("all but the text may be absent or null", () => {
  for (const json of [{ text: "x" }, { id: null, text: "x", ents: null, sents: null }]) {
    const doc = parsed(json);
    assert.deepEqual([doc.id, doc.ents, doc.hasGivenSents], ["", [], false]);
  }
  const ent = { start: 0, end: 1, label: null, kb_id: null, score: null, reason: null, candidates: null };
  assert.deepEqual(parsed({ text: "x", ents: [ent] }).ents, [{ start: 0, end: 1, label: "", kbId: "" }]);
  assert.equal(parsed({ text: "" }).text, "");
});

test("offsets are UTF-16 code units, also behind emoji, marks and lone surrogates", () => {
  const text = "😀e\u0301\r\n\ud800Bath";
  const doc = parsed({ text, ents: [{ start: 7, end: 11 }] });
  assert.equal(doc.text.slice(doc.ents[0]?.start, doc.ents[0]?.end), "Bath");
  assert.equal(parsed({ text, ents: [{ start: 5, end: 6 }] }).ents[0]?.start, 5);
  const again = parsed(JSON.parse(JSON.stringify(docToJson(doc))));
  assert.equal(again.text, text);
});

test("mentions come in the order of their offsets", () => {
  const ents = [
    { start: 5, end: 6, label: "B" },
    { start: 2, end: 3, label: "A" },
    { start: 3, end: 5, label: "C" },
  ];
  assert.deepEqual(
    parsed({ text: "abcdefgh", ents }).ents.map((ent) => ent.label),
    ["A", "C", "B"],
  );
});

test("nothing is lost on the way in and out", () => {
  const json = {
    id: "a",
    text: "Adam knew Eve.",
    ents: [
      {
        start: 0,
        end: 4,
        label: "PERSON",
        kb_id: "Q1",
        score: 0.75,
        reason: "best",
        candidates: [{ kb_id: "Q1", score: 0.75 }],
        note: { by: "me" },
        id: "",
      },
      { start: 10, end: 13, label: "", kb_id: "NIL" },
    ],
    sents: [{ start: 0, end: 14, kind: "verse" }],
    tokens: [{ id: 0, start: 0, end: 4 }],
    source: null,
  };
  assert.deepEqual(docToJson(parsed(json)), json);
  assert.deepEqual(Object.keys(docToJson(parsed(json))), Object.keys(json));
});

test("sentences are written only when they were given", () => {
  const doc = parsed({ text: "One. Two." });
  assert.equal(doc.sents.length, 2);
  assert.deepEqual(docToJson(doc), { text: "One. Two.", ents: [] });
  assert.deepEqual(docToJson(parsed({ text: "One.", ents: [], sents: [] })), {
    text: "One.",
    ents: [],
    sents: [],
  });
});

test("the document's own fields win over meta of the same name", () => {
  const doc = new Doc("new", { id: "a", meta: { text: "old", year: 1 } });
  assert.deepEqual(docToJson(doc), { id: "a", text: "new", ents: [], year: 1 });
});

test("keys of prototypes are keys like others", () => {
  const json: unknown = JSON.parse('{"text": "x", "ents": [], "__proto__": {"a": 1}, "constructor": 2}');
  const written = JSON.stringify(docToJson(parsed(json)));
  assert.equal(written, '{"text":"x","ents":[],"__proto__":{"a":1},"constructor":2}');
});

test("what is not a document is refused with file and line", () => {
  assertRefused([], "L102", "a document must be a JSON object, found []");
  assertRefused("text", "L102", 'found "text"');
  assertRefused(null, "L102", "found null");
  assertRefused({}, "L102", "text must be a string, found nothing");
  assertRefused({ text: 5 }, "L102", "text must be a string, found 5");
  assertRefused({ text: "x", id: 12 }, "L102", "id must be a string, found 12");
  assertRefused({ text: "x", ents: {} }, "L102", "ents must be a list, found {}");
  assertRefused({ text: "x", sents: "x" }, "L102", 'sents must be a list, found "x"');
});

test("a long value is shown in part", () => {
  assertRefused({ text: ["x".repeat(1000)] }, "L102", `found ["${"x".repeat(58)}...`);
});

test("fields of mentions have their types", () => {
  const refuse = (ent: unknown, ...parts: string[]) =>
    assertRefused({ text: "abc", ents: [ent] }, "L102", ...parts);
  refuse(5, "ents[0] must be a JSON object, found 5");
  refuse({ end: 1 }, "ents[0].start must be an integer, found nothing");
  refuse({ start: 0.5, end: 1 }, "ents[0].start must be an integer, found 0.5");
  refuse({ start: 0, end: "1" }, 'ents[0].end must be an integer, found "1"');
  refuse({ start: 0, end: 1, label: 3 }, "ents[0].label must be a string, found 3");
  refuse({ start: 0, end: 1, kb_id: 42 }, "ents[0].kb_id must be a string, found 42");
  refuse({ start: 0, end: 1, score: "1" }, 'ents[0].score must be a finite number, found "1"');
  refuse(
    { start: 0, end: 1, score: JSON.parse("1e999") },
    "ents[0].score must be a finite number, found Infinity",
  );
  refuse({ start: 0, end: 1, reason: 1 }, "ents[0].reason must be a string, found 1");
  refuse({ start: 0, end: 1, candidates: {} }, "ents[0].candidates must be a list, found {}");
});

test("offsets lie in the text and the end behind the start", () => {
  const refuse = (start: number, end: number) =>
    assertRefused(
      { text: "abc", ents: [{ start, end }] },
      "L103",
      `ents[0] is ${start} to ${end}`,
      "offsets 0 to 3",
    );
  refuse(-1, 2);
  refuse(0, 4);
  refuse(1, 1);
  refuse(2, 1);
});

test("offsets counted in code points are found out where they cut a character", () => {
  assertRefused({ text: "😀 Bath", ents: [{ start: 1, end: 4 }] }, "L104", "ents[0]", "offset 1", "Python");
  assertRefused({ text: "x😀", ents: [{ start: 0, end: 2 }] }, "L104", "offset 2");
});

test("mentions that overlap are refused, in the numbers of the file", () => {
  const ents = [
    { start: 4, end: 8 },
    { start: 0, end: 2 },
    { start: 1, end: 3 },
  ];
  assertRefused({ text: "abcdefgh", ents }, "L105", "ents[1] (0 to 2) and ents[2] (1 to 3) overlap");
  const twice = [
    { start: 0, end: 1 },
    { start: 0, end: 1 },
  ];
  assertRefused({ text: "abc", ents: twice }, "L105", "ents[0] (0 to 1) and ents[1] (0 to 1)");
});

test("sentences are checked as mentions are", () => {
  const refuse = (sents: unknown[], code: string, part: string) =>
    assertRefused({ text: "abc", sents }, code, part);
  refuse([3], "L102", "sents[0] must be a JSON object");
  refuse([{ start: 0 }], "L102", "sents[0].end must be an integer, found nothing");
  refuse([{ start: 0, end: 9 }], "L103", "sents[0] is 0 to 9");
  refuse(
    [
      { start: 0, end: 2 },
      { start: 1, end: 3 },
    ],
    "L105",
    "sents[0] (0 to 2) and sents[1] (1 to 3)",
  );
});

test("a location without a line names the file alone", () => {
  assert.throws(() => parseDoc([], { file: "request" }), { message: /^\[L102\] request: a document/ });
});
