import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { before, describe, it } from "node:test";
import { docToJson, parseDoc } from "../../src/formats/doc-json.js";
import { candidatesToJson } from "../../src/linker/link-json.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import type { Server } from "../../src/server/serve.js";
import { loadBackend } from "../../src/tensor/backend.js";
import { tinyDocs } from "../fixtures.js";
import { post, servers, tinyKbFolder } from "./small-server.js";

const start = servers();
const kb = tinyKbFolder();

let server: Server;
let url: string;
before(async () => {
  server = await start({ workers: 2, bodyLimit: 100_000, batchLimit: 100 });
  url = `${server.url}/v1/link`;
});

const blankRows = (): object[] =>
  tinyDocs().train.map(({ id, text, ents }) => ({
    id,
    text,
    ents: ents.map(({ start, end, label }) => ({ start, end, label })),
  }));

/** What the library says of documents. */
async function linkedHere(rows: readonly object[]): Promise<object[]> {
  const linker = await loadLinker(await kb, await loadBackend("wasm"));
  return rows.map((row) => {
    const doc = parseDoc(row, { file: "test" });
    if (!("ents" in row)) doc.ents = linker.detect(doc);
    return JSON.parse(JSON.stringify(docToJson(candidatesToJson(linker.call(doc), true))));
  });
}

const stream = async (text: string): Promise<Response> =>
  fetch(url, { method: "POST", headers: { "content-type": "application/x-ndjson" }, body: text });

describe("POST /v1/link", () => {
  it("gives the links, scores, reasons and candidates of the library", async () => {
    const rows = [...blankRows(), { text: "The heiress Paris Hilton sang in Paris, France." }];
    const { status, json } = await post(url, { documents: rows });
    assert.equal(status, 200);
    assert.deepEqual(json.documents, await linkedHere(rows));
    assert.equal(json.documents.at(-1).ents.length, 2);
  });

  it("leaves candidates out where they are not wanted", async () => {
    const { json } = await post(`${url}?candidates=false`, { documents: blankRows().slice(0, 1) });
    assert.ok(json.documents[0].ents.every((ent: object) => !("candidates" in ent) && "score" in ent));
  });

  it("refuses a document that is none, and says which", async () => {
    const rows = [{ text: "Paris" }, { text: "Paris", ents: [{ start: 0, end: 50 }] }];
    const { status, json } = await post(url, { documents: rows });
    assert.equal(status, 422);
    assert.match(json.detail[0].msg, /\[L103\] documents\[1\]: ents\[0\]/);
  });

  it("refuses more than it takes: documents, bytes, and another type", async () => {
    const many = await post(url, { documents: Array.from({ length: 101 }, () => ({ text: "" })) });
    assert.equal(many.status, 422);
    assert.equal((await post(url, { documents: [{ text: "x".repeat(100_001) }] })).status, 413);
    assert.equal((await post(url, "text", { "content-type": "text/plain" })).status, 415);
  });

  it("answers a stream line for line, also those that are no documents", async () => {
    const rows = blankRows();
    const lines = rows.map((row) => JSON.stringify(row));
    const response = await stream(
      `${lines.slice(0, 3).join("\n")}\n\nno JSON\n{"text":1}\n${lines.slice(3).join("\n")}`,
    );
    assert.match(response.headers.get("content-type") as string, /^application\/x-ndjson/);
    const answers = (await response.text())
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const [notJson, noText] = answers.splice(3, 2);
    assert.deepEqual(notJson.detail[0].loc, ["body", 5]);
    assert.match(noText.detail[0].msg, /\[L102\] body:6: text/);
    assert.deepEqual(answers, await linkedHere(rows));
  });

  it("answers long streams in order", async () => {
    const lines = Array.from({ length: 500 }, (_, i) =>
      JSON.stringify({ id: `${i}`, text: `Paris, France, ${i}` }),
    );
    const answers = (await (await stream(lines.join("\n"))).text()).trim().split("\n");
    assert.deepEqual(
      answers.map((line) => JSON.parse(line).id),
      Array.from({ length: 500 }, (_, i) => `${i}`),
    );
  });

  it("says in a last line why nothing more of a stream can be read", async () => {
    const good = '{"id": "1", "text": "Paris"}\n';
    const endless = await (await stream(`{"text": "${"x".repeat(200_000)}`)).text();
    assert.match(JSON.parse(endless).detail[0].msg, /longer than 100000 bytes/);
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "Application/X-NDJSON; charset=utf-8" },
      body: Buffer.concat([Buffer.from(good), Buffer.from([0x22, 0xff, 0x22, 0x0a])]),
    });
    assert.match(await response.text(), /\[L107\] body:2/);
  });

  it("answers a line before the next one comes", async () => {
    const { port } = new URL(url);
    const headers = { "content-type": "application/x-ndjson" };
    const sent = request({ port, path: "/v1/link", method: "POST", headers });
    const answers: string[] = [];
    const heard = once(sent, "response");
    for (let i = 0; i < 3; i++) {
      sent.write(`{"id": "${i}", "text": "Paris"}\n`);
      const [response] = (await heard) as [IncomingMessage];
      const [chunk] = (await once(response, "data")) as [Buffer];
      answers.push(JSON.parse(chunk.toString()).id);
    }
    sent.end();
    assert.deepEqual(answers, ["0", "1", "2"]);
  });

  it("refuses what is nested deep, in a body and in a line, and goes on", async () => {
    const deep = `{"text": "x", "meta": ${"[".repeat(20_000)}${"]".repeat(20_000)}}`;
    const { status, json } = await post(url, `{"documents": [${deep}]}`);
    assert.equal(status, 422);
    assert.match(json.detail[0].msg, /nested deeper than 100/);
    const lines = (await (await stream(`${deep}\n{"id": "2", "text": "Paris"}`)).text()).trim().split("\n");
    assert.match(lines[0] as string, /nested deeper/);
    assert.equal(JSON.parse(lines[1] as string).id, "2");
  });

  it("knows how large a request is that does not say so", async () => {
    const { pool } = server;
    const sizes: (number | undefined)[] = [];
    const { run } = pool;
    pool.run = (kind, input, options) => {
      sizes.push(options?.bytes);
      return run.call(pool, kind, input, options) as never;
    };
    const body = JSON.stringify({ documents: [{ text: "Zürich" }] });
    const headers = { "content-type": "application/json" };
    const chunked = new Blob([body]).stream();
    const response = await fetch(url, {
      method: "POST",
      headers,
      body: chunked,
      duplex: "half",
    } as RequestInit);
    pool.run = run;
    assert.deepEqual([response.status, sizes], [200, [Buffer.byteLength(body)]]);
  });

  it("links the same when many ask at once", async () => {
    const rows = blankRows();
    const alone = await Promise.all(rows.map((row) => linkedHere([row])));
    const together = await Promise.all(rows.map((row) => post(url, { documents: [row] })));
    assert.deepEqual(
      together.map(({ json }) => json.documents),
      alone,
    );
  });
});
