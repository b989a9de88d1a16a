import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { post, servers } from "./small-server.js";

const start = servers();

let url: string;
before(async () => {
  url = `${(await start()).url}/link`;
});

const CONTEXT = "Cattle are sold in Paris, a town in Texas.";
const span = (text: string, start: number, end = start + [...text].length) => ({
  text,
  start,
  end,
  label: "GPE",
});
const link = async (
  spans: readonly object[],
  context = CONTEXT,
  query = "",
): Promise<Record<string, unknown>[]> => {
  const { status, json } = await post(`${url}${query}`, { documents: [{ spans, context }] });
  assert.equal(status, 200, JSON.stringify(json));
  assert.equal(json.documents[0].context, context);
  return json.documents[0].spans;
};

describe("POST /link", () => {
  it("answers in spacy-ann-linker's shape", async () => {
    const [linked] = await link([span("Paris", 19)]);
    assert.deepEqual(Object.keys(linked as object).sort(), [
      "alias_candidates",
      "end",
      "id",
      "kb_candidates",
      "label",
      "start",
      "text",
    ]);
    assert.deepEqual(linked?.alias_candidates, [{ alias: "Paris", similarity: 1 }]);
    const candidates = linked?.kb_candidates as { entity: string; context_similarity: number }[];
    assert.deepEqual(candidates.map(({ entity }) => entity).sort(), ["Q1", "Q2", "Q3"]);
    assert.ok(candidates.every(({ context_similarity: c }) => c >= -1 && c <= 1));
    assert.equal(linked?.id, "Q2");
  });

  it("keeps spans in their order and place, whatever they are", async () => {
    const spans = [
      span("Texas", 36),
      span("Paris", 19),
      span("aris, a", 20),
      span("Paris", 19),
      span("nowhere in it", 3),
      span("", 0),
      span("Cattle are sold in Paris", 0),
    ];
    const linked = await link(spans);
    assert.deepEqual(
      linked.map(({ text, start, end, label }) => ({ text, start, end, label })),
      spans,
    );
    assert.deepEqual(
      linked.map(({ id }) => id),
      ["", "Q2", "", "Q2", "", "", linked[6]?.id],
    );
  });

  it("counts offsets in code points, as Python does; those of UTF-16, and slightly wrong ones, mean the text too", async () => {
    const context = `🎸🎸🎸 ${CONTEXT}`;
    for (const start of [19 + 4, 19 + 7, 19 + 2]) {
      const [linked] = await link([span("Paris", start)], context);
      assert.deepEqual([linked?.id, linked?.start], ["Q2", start]);
    }
  });

  it("finds names with typos, and reports how similar they are; similarity_threshold works for its request alone", async () => {
    const context = "Boats go to Zürrich, a city on a lake.";
    const zurrich = [span("Zürrich", 12)];
    const [loose] = await link(zurrich, context);
    const [{ alias, similarity }] = (loose as { alias_candidates: [{ alias: string; similarity: number }] })
      .alias_candidates;
    assert.equal(alias, "Zürich");
    assert.ok(similarity > 0.4 && similarity < 1);
    const [strict] = await link(zurrich, context, "?similarity_threshold=0.95");
    assert.deepEqual([strict?.id, strict?.alias_candidates, strict?.kb_candidates], ["", [], []]);
    assert.deepEqual(await link(zurrich, context), [loose]);
  });

  for (const { title, body, detail } of [
    { title: "no documents", body: {}, detail: { loc: ["body", "documents"], type: "value_error.missing" } },
    {
      title: "a span without its label",
      body: { documents: [{ spans: [{ text: "a", start: 0, end: 1 }], context: "a" }] },
      detail: { loc: ["body", "documents", 0, "spans", 0, "label"], type: "value_error.missing" },
    },
    {
      title: "text that is a number",
      body: { documents: [{ spans: [], context: 5 }] },
      detail: { loc: ["body", "documents", 0, "context"], type: "type_error.string" },
    },
    {
      title: "an offset that is text",
      body: { documents: [{ spans: [{ ...span("a", 0), start: "0" }], context: "a" }] },
      detail: { loc: ["body", "documents", 0, "spans", 0, "start"], type: "type_error.integer" },
    },
    { title: "no JSON", body: '{"documents": [', detail: { loc: ["body"], type: "value_error.json" } },
    {
      title: "no UTF-8",
      body: Uint8Array.of(0x22, 0xff, 0x22),
      detail: { loc: ["body"], type: "value_error.encoding" },
    },
  ]) {
    it(`refuses ${title} with 422 and what is wrong where`, async () => {
      const { status, json } = await post(url, body);
      assert.equal(status, 422);
      const [{ msg, ...found }] = json.detail;
      assert.deepEqual(found, detail);
      assert.ok(msg.length > 5);
    });
  }

  it("refuses a similarity_threshold that is none", async () => {
    const { status, json } = await post(`${url}?similarity_threshold=2`, { documents: [] });
    assert.equal(status, 422);
    assert.deepEqual(json.detail[0].loc, ["query", "similarity_threshold"]);
  });
});
