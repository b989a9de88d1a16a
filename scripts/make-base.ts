/**
 * Trains the model that ships in corpus/base-model: `npm run base`. It has no knowledge base of its own, so that it can be
 * bound to any.
 */
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openKb } from "../src/kb/open-kb.js";
import { writeBundle } from "../src/linker/bundle.js";
import { readConfig } from "../src/linker/config.js";
import { loadBackend } from "../src/tensor/backend.js";
import { loadDocs } from "../src/training/corpus.js";
import { trainOn } from "../src/training/train.js";
import { VERSION } from "../src/version.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const config = readConfig(join(root, "configs", "base.toml"), { "training.backend": "wasm" });
const kb = await openKb(config.paths.kb as string);
const train = await loadDocs(config.paths.train, "paths.train");
const dev = await loadDocs(config.paths.dev, "paths.dev");
const bundle = await trainOn(config, { kb, train, dev }, await loadBackend("wasm"), {
  onEpoch: ({ seed, epoch, accuracy, ambiguous }) => {
    process.stderr.write(`seed ${seed}, epoch ${epoch}: ${accuracy.toFixed(3)} / ${ambiguous.toFixed(3)}\n`);
  },
});
const { kb: _own, ...model } = bundle;
const paths = { kb: "corpus/starter", train: "corpus/starter/train.jsonl", dev: "corpus/starter/dev.jsonl" };
await writeBundle(
  { ...model, evidence: undefined, config: { ...config, paths } },
  join(root, "corpus", "base-model"),
  {
    format: "uint8",
    linkwrightVersion: VERSION,
  },
);
