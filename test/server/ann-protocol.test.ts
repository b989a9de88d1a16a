/** What spacy-ann-linker's client sends, byte by byte, and what it needs of an answer. */
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Server, serve } from "../../src/server/serve.js";
import { suiteFolder, tinyKb } from "../fixtures.js";

const folder = suiteFolder();
let server: Server;

/** A request of Python's requests: JSON in ASCII. */
async function post(path: string, body: object): Promise<{ status: number; text: string }> {
  const json = JSON.stringify(body).replaceAll(
    /[^\0-\x7f]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  const headers = { "Content-Type": "application/json", Accept: "*/*", "api-key": "k" };
  const response = await fetch(server.url + path, { method: "POST", headers, body: json });
  return { status: response.status, text: await response.text() };
}

interface Answer {
  readonly documents: readonly {
    readonly context: string;
    readonly spans: readonly { readonly start: number; readonly id: string }[];
  }[];
}

before(async () => {
  const kb = join(folder, "kb");
  await tinyKb().toDisk(kb);
  server = await serve(kb, { port: 0, logLevel: "silent", backend: "wasm" });
});
after(() => server.close());

const span = (text: string, start: number) => ({ text, start, end: start + [...text].length, label: "GPE" });

describe("POST /link as spacy-ann-linker's client asks", () => {
  const context = "\u{1F34E}é Zürich and Bergen";
  const documents = [
    { spans: [span("Zürich", 3), span("Bergen", 14)], context },
    { spans: [], context: "" },
  ];

  for (const path of ["/link", "/link/", "/link?similarity_threshold=0.65"]) {
    it(`answers at ${path} with an id for each span, in their order`, async () => {
      const { status, text } = await post(path, { documents });
      assert.equal(status, 200, text);
      const answer = JSON.parse(text) as Answer;
      assert.deepEqual(
        answer.documents.map(({ context, spans }) => [context, spans.map(({ start, id }) => [start, id])]),
        [
          [
            context,
            [
              [3, "Q8"],
              [14, ""],
            ],
          ],
          ["", []],
        ],
      );
    });
  }

  it("takes its own answer as a request", async () => {
    const first = await post("/link", { documents });
    assert.deepEqual(await post("/link", JSON.parse(first.text)), first);
    const unlinked = { ...span("Zürich", 3), id: null, alias_candidates: null, kb_candidates: null };
    assert.equal((await post("/link", { documents: [{ spans: [unlinked], context }] })).status, 200);
  });

  it("takes a thousand documents, as spaCy's nlp.pipe sends them", async () => {
    const many = new Array(1000).fill({ spans: [span("Zürich", 3)], context });
    const { status, text } = await post("/link", { documents: many });
    assert.equal(status, 200, text.slice(0, 200));
    const answer = JSON.parse(text) as Answer;
    assert.ok(answer.documents.every(({ spans }) => spans[0]?.id === "Q8"));
  });

  it("refuses with a status of 400 or more, at which it raises ValueError", async () => {
    for (const [path, body] of [
      ["/link", { documents: [{ spans: [] }] }],
      ["/link?similarity_threshold=7", { documents }],
      ["/links", { documents }],
    ] as const) {
      const { status } = await post(path, body);
      assert.ok(status === 422 || status === 404, `${path}: ${status}`);
    }
  });
});
