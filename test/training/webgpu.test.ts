import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import type { Bundle } from "../../src/linker/bundle.js";
import { readConfig } from "../../src/linker/config.js";
import type { Gpu } from "../../src/tensor/gpu.js";
import { metricsPath } from "../../src/training/checkpoint.js";
import type { EpochReport } from "../../src/training/loop.js";
import { type TrainOptions, train } from "../../src/training/train.js";
import { assertClose, linkwright, suiteFolder, writeCorpus } from "../fixtures.js";
import { onGpu } from "../on-gpu.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const EPOCHS = 3;

interface Trained {
  readonly bundle: Bundle;
  /** Of the epochs that this training took itself. */
  readonly reports: readonly EpochReport[];
  readonly weights: Buffer;
}

async function trained(
  backend: "webgpu" | "wasm",
  name: string,
  options: Partial<TrainOptions> = {},
): Promise<Trained> {
  const output = join(folder, name);
  const overrides = {
    "training.backend": backend,
    "training.max_epochs": EPOCHS,
    "training.patience": EPOCHS,
    "training.use_averages": true,
  };
  const reports: EpochReport[] = [];
  const onEpoch = (report: EpochReport, isBest: boolean): void => {
    reports.push(report);
    options.onEpoch?.(report, isBest);
  };
  const bundle = await train(readConfig(corpus.config, overrides), { ...options, output, onEpoch });
  return { bundle, reports, weights: readFileSync(join(output, "weights.bin")) };
}

const lossesOf = ({ reports }: Trained): number[] => reports.map(({ loss }) => loss);
const epochsOf = ({ reports }: Trained): number[] => reports.map(({ epoch }) => epoch);

/** Trains on the GPU until a step of the second epoch is done. */
async function interrupt(name: string): Promise<void> {
  const enough = new AbortController();
  const training = trained("webgpu", name, {
    signal: enough.signal,
    onStep: ({ epoch }) => epoch === 2 && enough.abort(),
  });
  await assert.rejects(training, { name: "AbortError" });
}

/** How often work is given to a GPU from now on. */
function countSubmissions({ device: { queue } }: Gpu): () => number {
  const { submit } = queue;
  let count = 0;
  queue.submit = (commands) => {
    count++;
    submit.call(queue, commands);
  };
  return () => count;
}

describe("a training with the backend webgpu", () => {
  it(
    "is that of wasm, and the same when it was interrupted",
    onGpu(async (gpu) => {
      const submissions = countSubmissions(gpu);
      const peaceful = await trained("webgpu", "peaceful");
      assert.ok(submissions() > 3 * EPOCHS, `${submissions()} steps`);
      await interrupt("interrupted");
      const resumed = await trained("webgpu", "interrupted", { resume: true });
      assert.deepEqual(epochsOf(resumed), [2, 3]);
      assert.deepEqual(lossesOf(resumed), lossesOf(peaceful).slice(1));
      assert.deepEqual(resumed.weights, peaceful.weights);
      const [found, expected] = ["interrupted", "peaceful"].map((name) =>
        readFileSync(metricsPath(join(folder, name)), "utf8"),
      );
      assert.equal(found, expected);

      const onCores = await trained("wasm", "on-cores");
      assert.equal(peaceful.bundle.about.backend, "webgpu");
      assert.equal(onCores.bundle.about.backend, "wasm");
      assertClose(lossesOf(peaceful), lossesOf(onCores), 1e-3, "losses of epochs");
      assert.deepEqual(epochsOf(peaceful), [1, 2, 3]);
      peaceful.reports.forEach((report, i) => {
        const { accuracy } = onCores.reports[i] as EpochReport;
        assert.ok(Math.abs(report.accuracy - accuracy) <= 0.005, `${report.accuracy}, on wasm ${accuracy}`);
      });
    }),
  );

  it(
    "is taken by --ablate and learning-curve",
    onGpu(async () => {
      // What can be trained on comes after the backend: nothing is compiled.
      const row = { id: "", text: "Oslo", ents: [{ start: 0, end: 4, label: "GPE", kb_id: "Q1" }] };
      const nothing = join(folder, "nothing.jsonl");
      writeFileSync(nothing, `${JSON.stringify(row)}\n`);
      const own = ["--seeds", "1", "--paths.train", nothing, "--training.backend", "webgpu"];
      for (const command of [
        ["train", corpus.config, "--ablate"],
        ["learning-curve", corpus.config, "-o", join(folder, "curve")],
      ]) {
        const { status, stderr } = linkwright([...command, ...own]);
        assert.equal(status, 1, stderr);
        assert.match(stderr, /\[L508\]/, command[0]);
      }
    }),
  );
});
