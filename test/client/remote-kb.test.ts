import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";
import { RemoteError } from "../../src/client/remote-error.js";
import { RemoteKB, type RemoteKBOptions } from "../../src/client/remote-kb.js";
import { RemoteLinker } from "../../src/client/remote-linker.js";
import type { Candidate } from "../../src/kb/candidate.js";
import { entitiesAmong } from "../../src/kb/knowledge-base.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { type Server, serve } from "../../src/server/serve.js";
import { loadBackend } from "../../src/tensor/backend.js";
import { Doc } from "../../src/text/doc.js";
import { COMMAND, type Ran, suiteFolder, tinyDocs, tinyKb, writeCorpus } from "../fixtures.js";
import { refuse, say, tinyServer } from "./tiny-server.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const KB = join(folder, "kb");
const local = tinyKb();
const faulty = await tinyServer();
let server: Server;

before(async () => {
  await local.toDisk(KB);
  server = await serve(KB, { port: 0, logLevel: "silent", backend: "wasm" });
});
after(() => server.close());

/** A knowledge base behind the server, and what it asks. */
function remote(options: Partial<RemoteKBOptions> = {}): { kb: RemoteKB; asked: unknown[] } {
  const asked: unknown[] = [];
  const noting: typeof fetch = (url, init) => {
    asked.push(JSON.parse(init?.body as string));
    return fetch(url, init);
  };
  const kb = new RemoteKB({ url: server.url, fetch: noting, sleep: async () => {}, ...options });
  return { kb, asked };
}

const shown = ({ entity_, alias_, priorProb, entityFreq, match, similarity, entityTexts }: Candidate) => ({
  entity_,
  alias_,
  priorProb,
  entityFreq,
  match,
  similarity,
  ...entityTexts,
});

describe("RemoteKB", () => {
  const mentions = [
    "Paris",
    "PARIS",
    "zurich",
    "Jordans",
    "Micheal Jordan",
    "Bergen",
    "",
    '"\\ \u{1F34E} \ud800',
  ];

  it("gives the very candidates of the knowledge base that is served, in batches", async () => {
    const { kb, asked } = remote({ batchSize: 3 });
    const lists = await kb.getCandidatesBatch(mentions);
    const expected = mentions.map((mention) => local.getCandidates(mention).map(shown));
    assert.ok(expected.filter((list) => list.length > 0).length >= 5);
    assert.deepEqual(
      lists.map((list) => list.map(shown)),
      expected,
    );
    assert.deepEqual(
      asked.map((body) => (body as { mentions: string[] }).mentions.length),
      [3, 3, 2],
    );
    assert.deepEqual((await kb.getCandidates("Paris")).map(shown), expected[0]);
  });

  it("knows which ids there are, and asks about those of a moment together", async () => {
    const { kb, asked } = remote();
    assert.deepEqual([...(await entitiesAmong(kb, ["Q1", "Q99", "Q8", ""]))], ["Q1", "Q8"]);
    assert.deepEqual(asked, [{ ids: ["Q1", "Q99", "Q8", ""] }]);
    assert.equal(await kb.containsEntity("Q2"), true);
    assert.equal(asked.length, 2);
  });

  it("has no vectors, and says so", () => {
    assert.throws(() => remote().kb.getVector("Q1"), { code: "E1045" });
    assert.throws(() => remote({ vectors: 1 } as object), { code: "L001" });
    assert.throws(() => new RemoteKB({ url: "here" }), { code: "L705" });
  });

  it("asks again where that may help, and else says what went wrong", async () => {
    const { kb } = remote({ url: faulty.url });
    faulty.script = [refuse(503), say('{"answers":'), say('{"answers":[[]]}')];
    assert.deepEqual(await kb.getCandidates("Paris"), []);
    faulty.script = [say('{"answers":[]}')];
    await assert.rejects(kb.getCandidates("Paris"), { code: "L703", message: /Expected 1 answers/ });
    faulty.script = [refuse(401, {}, '{"detail":"no token"}')];
    await assert.rejects(kb.containsEntity("Q1"), { code: "L702", status: 401, message: /no token/ });
    await assert.rejects(kb.containsEntity("Q1"), RemoteError);
  });
});

describe("POST /v1/candidates and /v1/entities", () => {
  const post = async (path: string, body: object): Promise<{ status: number; json: unknown }> => {
    const headers = { "Content-Type": "application/json" };
    const response = await fetch(server.url + path, { method: "POST", headers, body: JSON.stringify(body) });
    return { status: response.status, json: await response.json() };
  };

  it("tell what there is to tell", async () => {
    const zurich = {
      name: "Zürich",
      description: "city of banks on a lake in Switzerland",
      type: "GPE",
      freq: 12,
    };
    assert.deepEqual(await post("/v1/candidates", { mentions: ["ZURICH"] }), {
      status: 200,
      json: {
        answers: [[{ id: "Q8", alias: "Zürich", prior: 1, match: "normalised", similarity: 1, ...zurich }]],
      },
    });
    assert.deepEqual(await post("/v1/entities", { ids: ["Q8", "Q99"] }), {
      status: 200,
      json: { answers: [{ id: "Q8", ...zurich }, null] },
    });
  });

  it("refuse what is no list of texts", async () => {
    for (const [path, body] of [
      ["/v1/candidates", {}],
      ["/v1/candidates", { mentions: "Paris" }],
      ["/v1/candidates", { mentions: [1] }],
      ["/v1/candidates", { mentions: new Array(1001).fill("Paris") }],
      ["/v1/entities", { ids: [null] }],
    ] as const) {
      const { status, json } = await post(path, body);
      assert.equal(status, 422, JSON.stringify(json));
    }
  });
});

describe("RemoteLinker and a real server", () => {
  it("links as the linker in this process does", async () => {
    const linker = await loadLinker(KB, await loadBackend("wasm"));
    const { train, dev } = tinyDocs();
    const emoji = (): Doc => new Doc("\u{1F34E}é \ud800 Paris", { ents: [{ start: 6, end: 11 }] });
    const [docs, same] = [
      [...train, ...dev, emoji()],
      [...tinyDocs().train, ...tinyDocs().dev, emoji()],
    ];
    await new RemoteLinker({ url: server.url, batchSize: 4 }).link(docs);
    for (const doc of same) linker.call(doc);
    assert.deepEqual(
      docs.map(({ ents }) => ents),
      same.map(({ ents }) => ents),
    );
  });

  it("finds the mentions of texts as the server does", async () => {
    const linker = new RemoteLinker({ url: server.url });
    const [doc] = (await linker.link(["Michael Jordan in Paris"], { candidates: false })) as [Doc];
    assert.deepEqual(
      doc.ents.map(({ start, kbId, candidates }) => [start, kbId, candidates]),
      [
        [0, "Q5", undefined],
        [18, "Q1", undefined],
      ],
    );
  });

  it("tells what the server finds wrong", async () => {
    const doc = new Doc("Paris", { ents: [{ start: 0, end: 9 }] });
    await assert.rejects(new RemoteLinker({ url: server.url }).link([doc]), {
      code: "L702",
      status: 422,
      message: /documents\[0\]: ents\[0\] is 0 to 9/,
    });
  });
});

describe("a config that names linkwright.RemoteKB.v1", () => {
  /** Runs the command beside the server, which lives in this process. */
  async function run(...args: string[]): Promise<Ran> {
    const child = spawn(process.execPath, [COMMAND, ...args], { cwd: folder });
    let [stdout, stderr] = ["", ""];
    child.stdout.on("data", (data) => {
      stdout += data;
    });
    child.stderr.on("data", (data) => {
      stderr += data;
    });
    const [status] = (await once(child, "close")) as [number];
    return { status, stdout, stderr };
  }
  const model = join(folder, "model");
  const configWith = (url: string): string => {
    const loader = `[functions]\nkb_loader = { "@misc" = "linkwright.RemoteKB.v1", url = "${url}", batch_size = 3 }\n`;
    const path = join(folder, "remote.toml");
    const sections = readFileSync(corpus.config, "utf8")
      .replace(/^kb = .*$/m, "")
      .replace("[linker]", "[linker]\ncandidates_batch_size = 5");
    writeFileSync(path, sections + loader);
    return path;
  };
  beforeEach(() => {
    faulty.asked.length = 0;
  });

  it("trains, is evaluated and links", async () => {
    const trained = await run("train", configWith(server.url), "--output", model);
    assert.equal(trained.status, 0, trained.stderr);
    const evaluated = await run("evaluate", model, corpus.dev, "--json");
    const { candidate_recall, accuracy } = JSON.parse(evaluated.stdout);
    assert.equal(candidate_recall, 1, evaluated.stderr);
    assert.ok(accuracy >= 0.8, `accuracy ${accuracy}`);
    const applied = await run("apply", model, corpus.dev, "-");
    assert.match(applied.stdout, /"kb_id":"Q1"/, applied.stderr);
  });

  it("says in one line what is wrong with the server", async () => {
    faulty.script = [refuse(401, {}, '{"detail":"no token"}')];
    const failed = await run("train", configWith(faulty.url), "--output", join(folder, "never"));
    assert.equal(failed.status, 1);
    assert.match(
      failed.stderr,
      /\[L517\] Asking RemoteKB for the candidates of "Paris" and 4 more failed: \[L702\].*401: no token\n$/,
    );
  });
});
