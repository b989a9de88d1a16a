import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { readConfig } from "../../src/linker/config.js";
import { checkpointPath, metricsPath } from "../../src/training/checkpoint.js";
import { train } from "../../src/training/train.js";
import { COMMAND, linkwright, suiteFolder, writeCorpus } from "../fixtures.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const EPOCHS = 12;
/** Steps of one mention make epochs long beside the time that it takes to see a file. */
const SLOW = [
  "--training.batch_size",
  "1",
  "--training.max_epochs",
  `${EPOCHS}`,
  "--training.patience",
  `${EPOCHS}`,
];

/** Starts a training and kills it with SIGKILL when its first checkpoint is there; false when it was too fast. */
async function killedTraining(output: string): Promise<boolean> {
  const child = spawn(process.execPath, [COMMAND, "train", corpus.config, "-o", output, ...SLOW], {
    stdio: "ignore",
  });
  const ended = once(child, "exit");
  while (child.exitCode === null && !existsSync(checkpointPath(output, 1))) await setTimeout(2);
  child.kill("SIGKILL");
  const [code, signal] = (await ended) as [number | null, string | null];
  assert.ok(signal === "SIGKILL" || code === 0, `it failed with ${code}`);
  return signal === "SIGKILL";
}

describe("train --resume", () => {
  it("after kill -9 ends with the weights and metrics of a training that was left in peace", async () => {
    const peaceful = join(folder, "peaceful");
    const undisturbed = linkwright(["train", corpus.config, "-o", peaceful, ...SLOW]);
    assert.equal(undisturbed.status, 0, undisturbed.stderr);
    let killed = join(folder, "killed");
    for (let attempt = 1; !(await killedTraining(killed)); attempt++) {
      assert.ok(attempt < 5, "it was killed while it trained");
      killed += "-again";
    }
    assert.ok(!existsSync(join(killed, "weights.bin")));
    const resumed = linkwright(["train", corpus.config, "-o", killed, ...SLOW, "--resume"]);
    assert.equal(resumed.status, 0, resumed.stderr);
    assert.doesNotMatch(resumed.stderr, /^epoch 1:/m, "it went on, not anew");
    assert.match(resumed.stderr, new RegExp(`^epoch ${EPOCHS}:`, "m"));
    for (const path of [(output: string) => join(output, "weights.bin"), metricsPath]) {
      assert.deepEqual(readFileSync(path(killed)), readFileSync(path(peaceful)));
    }
    assert.ok(!existsSync(checkpointPath(killed, 1)), "the checkpoint goes when the model is there");
  });
});

describe("a checkpoint", () => {
  const stopped = join(folder, "stopped");
  const overrides = { "training.max_epochs": 5, "training.patience": 5 };

  /** A folder whose training was interrupted after two epochs. */
  before(async () => {
    const controller = new AbortController();
    const training = train(readConfig(corpus.config, overrides), {
      output: stopped,
      signal: controller.signal,
      onEpoch: ({ epoch }) => epoch === 2 && controller.abort(),
    });
    await assert.rejects(training, { name: "AbortError" });
  });

  const copy = (name: string): string => {
    cpSync(stopped, join(folder, name), { recursive: true });
    return join(folder, name);
  };
  const resume = (output: string, more: Record<string, unknown> = {}) =>
    train(readConfig(corpus.config, { ...overrides, ...more }), { output, resume: true });
  const refused = (started: Promise<unknown>, why: RegExp): Promise<void> =>
    assert.rejects(started, { code: "L507", message: why });

  it("goes on with the next epoch", async () => {
    const epochs: number[] = [];
    const output = copy("next");
    await train(readConfig(corpus.config, overrides), {
      output,
      resume: true,
      onEpoch: ({ epoch }) => epochs.push(epoch),
    });
    assert.deepEqual(epochs, [3, 4, 5]);
    assert.equal(readFileSync(metricsPath(output), "utf8").trim().split("\n").length, 5);
  });

  it("is refused for another config", async () => {
    await refused(
      resume(copy("config"), { "training.learning_rate": 0.01 }),
      /checkpoint-1\.bin.*another config/,
    );
    const { status, stderr, stdout } = linkwright(["train", corpus.config, "-o", stopped, "--resume"]);
    assert.equal(status, 1);
    assert.match(stderr.trimEnd().split("\n").at(-1) as string, /^linkwright: \[L507\] .*another config/);
    assert.equal(stdout, "");
  });

  it("is refused when it was cut short or is something else", async () => {
    const output = copy("cut");
    const whole = readFileSync(checkpointPath(output, 1));
    for (const length of [0, 3, 40, whole.length >> 1, whole.length - 1]) {
      writeFileSync(checkpointPath(output, 1), whole.subarray(0, length));
      await refused(resume(output), /checkpoint-1\.bin/);
    }
    writeFileSync(checkpointPath(output, 1), "this is no checkpoint, but it is long enough for a header");
    await refused(resume(output), /checkpoint-1\.bin/);
  });

  it("begins anew where there is no checkpoint yet, and ends at once where the training has ended", async () => {
    const output = join(folder, "none");
    const stages: string[] = [];
    const config = readConfig(corpus.config);
    await train(config, { output, resume: true, onStage: (stage) => stages.push(stage) });
    assert.ok(stages.includes("no checkpoint yet: starting anew") && stages.includes("training"));
    const weights = readFileSync(join(output, "weights.bin"));
    stages.length = 0;
    await train(config, { output, resume: true, onStage: (stage) => stages.push(stage) });
    assert.deepEqual(stages, ["reading"]);
    const other = train(readConfig(corpus.config, { "training.seed": 2 }), { output, resume: true });
    await assert.rejects(other, { code: "L507", message: /another config/ });
    assert.deepEqual(readFileSync(join(output, "weights.bin")), weights);
  });

  it("is refused when one byte of it was altered", async () => {
    const output = copy("altered");
    const whole = readFileSync(checkpointPath(output, 1));
    for (const share of [0.05, 0.5, 0.95]) {
      const altered = Uint8Array.from(whole);
      const at = Math.floor(share * whole.length);
      altered[at] = (altered[at] as number) ^ 1;
      writeFileSync(checkpointPath(output, 1), altered);
      await refused(resume(output), /damaged/);
    }
  });

  it("is refused for another corpus or knowledge base", async () => {
    const output = copy("data");
    const alias = '{"alias":"Lutetia","entities":["Q1"],"probabilities":[1]}\n';
    for (const [file, more] of [
      [corpus.train, "\n"],
      [corpus.dev, "\n"],
      [join(corpus.source, "aliases.jsonl"), alias],
    ] as const) {
      const before = readFileSync(file);
      appendFileSync(file, more);
      await refused(resume(output), /other data/);
      writeFileSync(file, before);
    }
    await resume(output);
  });

  it("starts anew without --resume", async () => {
    const epochs: number[] = [];
    const output = copy("anew");
    await train(readConfig(corpus.config, overrides), { output, onEpoch: ({ epoch }) => epochs.push(epoch) });
    assert.deepEqual(epochs, [1, 2, 3, 4, 5]);
  });
});
