import assert from "node:assert/strict";
import { join } from "node:path";
import { after, it } from "node:test";
import { serve } from "../../src/server/serve.js";
import { train } from "../../src/training/train.js";
import { suiteFolder, tinyConfig, tinyKb, writeCorpus } from "../fixtures.js";
import { post } from "./small-server.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
let close = async (): Promise<void> => {};
after(() => close());

it("a model is served without the function that loaded its knowledge base once, by those that find candidates", async () => {
  const paths = { kb: corpus.source, train: corpus.train, dev: corpus.dev };
  const output = join(folder, "model");
  const functions = { kbLoader: () => tinyKb(), getCandidates: "spacy.CandidateGenerator.v1" };
  await train(tinyConfig({ paths, training: { max_epochs: 2, backend: "wasm" } }), { output, functions });
  const server = await serve(output, { port: 0, logLevel: "silent", backend: "wasm" });
  close = () => server.close();
  const ents = [{ start: 0, end: 5 }];
  const documents = ["Paris, France", "paris, France"].map((text) => ({ text, ents }));
  const { json } = await post(`${server.url}/v1/link`, { documents });
  const counts = json.documents.map(
    (doc: { ents: { candidates: object[] }[] }) => doc.ents[0]?.candidates.length,
  );
  assert.deepEqual(counts, [3, 0]);
});
