import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { setImmediate } from "node:timers/promises";
import type { TrainableModel } from "../../src/model/trainable-model.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import type { Gpu } from "../../src/tensor/gpu.js";
import { fit, type LoopHooks, type TrainingState } from "../../src/training/loop.js";
import { fitMembers, newModel } from "../../src/training/members.js";
import { cosineRate } from "../../src/training/optimizer.js";
import { prepare } from "../../src/training/prepare.js";
import { coreStepper, type MakeStepper } from "../../src/training/stepper.js";
import { stepsOn } from "../../src/training/steps-on.js";
import { tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

const config = tinyConfig({ training: { max_epochs: 3, patience: 3, batch_size: 4, use_averages: true } });
const data = prepare(config, { kb: tinyKb(), ...tinyDocs() });
let backend: Backend;
before(async () => {
  backend = await loadBackend("wasm");
});

interface FakeOptions {
  /** What becomes of a step's loss; `step` counts from 1 over all epochs. @default it is told at once */
  readonly tell?: (loss: number, step: number) => number | Promise<number>;
  /** What was done, in order. */
  readonly log?: string[];
  /** Learning rates of the steps. */
  readonly rates?: number[];
}

/** Steps on the cores whose losses come as those of a GPU do. */
function fakeSteps({ tell = (loss) => loss, log = [], rates = [] }: FakeOptions): MakeStepper {
  return (model, adam) => {
    const cores = coreStepper(model, adam);
    return {
      get steps() {
        return cores.steps;
      },
      step(batch, options) {
        rates.push(options.learningRate);
        const loss = cores.step(batch, options) as number;
        log.push(`step ${cores.steps}`);
        return tell(loss, cores.steps);
      },
      async finish() {
        log.push("finish");
      },
      close() {
        log.push("close");
      },
    };
  };
}

const later = (loss: number): Promise<number> => setImmediate(loss);

interface Run extends LoopHooks, FakeOptions {
  readonly model?: TrainableModel;
  readonly start?: TrainingState;
}

function run({ model = newModel(1, data, backend), start, tell, log, rates, ...hooks }: Run) {
  const makeStepper = fakeSteps({ ...(tell && { tell }), ...(log && { log }), ...(rates && { rates }) });
  return fit(model, data, config.training, start, { ...hooks, makeStepper });
}

/** What was done until the training ended with an error, and let go of the device. */
async function failed(expected: { readonly message: RegExp }, given: Run): Promise<string[]> {
  const log: string[] = [];
  const onStep: LoopHooks["onStep"] = (step) => {
    log.push(`told ${step.done}`);
    given.onStep?.(step);
  };
  await assert.rejects(run({ ...given, onStep, log }), expected);
  await setImmediate(); // a promise that was forgotten would fail the test now
  assert.equal(log.pop(), "close");
  return log;
}

describe("fit", () => {
  it("is the same with losses that come later, each told while one step is ahead", async () => {
    const log: string[] = [];
    const perEpoch: number[] = [];
    const onStep: LoopHooks["onStep"] = ({ done, of }) => {
      perEpoch[0] = of;
      log.push(`told ${done}`);
    };
    const [known, promised] = [await run({}), await run({ tell: later, log, onStep })];
    assert.deepEqual(promised.reports, known.reports);
    assert.deepEqual(promised.best, known.best);
    const steps = perEpoch[0] as number;
    assert.ok(steps >= 3);
    assert.equal(log.filter((entry) => entry === "close").length, 1);
    assert.equal(log.at(-1), "close");
    const epoch = Array.from({ length: steps - 1 }, (_, i) => [`step ${i + 2}`, `told ${i + 1}`]).flat();
    assert.deepEqual(log.slice(0, 2 * steps + 2), [
      "step 1",
      ...epoch,
      `told ${steps}`,
      "finish",
      `step ${steps + 1}`,
    ]);
  });

  it("tells a loss that is known before the next step begins", async () => {
    const log: string[] = [];
    const onEpoch: LoopHooks["onEpoch"] = () => {
      log.push("epoch");
    };
    await run({ log, onStep: ({ done }) => log.push(`told ${done}`), onEpoch });
    assert.deepEqual(log.slice(0, 4), ["step 1", "told 1", "step 2", "told 2"]);
    assert.equal(log[log.indexOf("finish") + 1], "epoch");
  });

  it("reports the mean of an epoch's losses", async () => {
    const losses: number[][] = [];
    const onStep: LoopHooks["onStep"] = ({ epoch, loss }) => {
      losses[epoch - 1] = [...(losses[epoch - 1] ?? []), loss];
    };
    const { reports } = await run({ onStep, tell: (_, step) => step ** 2 });
    assert.equal(reports.length, 3);
    for (const { epoch, loss } of reports) {
      const own = losses[epoch - 1] as number[];
      const mean = own.reduce((sum, one) => sum + one, 0) / own.length;
      assert.ok(
        own.length >= 3 && Math.abs(loss - mean) < 1e-9 * mean,
        `epoch ${epoch}: ${loss}, not ${mean}`,
      );
    }
  });

  it("lets what waits have its turn every 16 steps", async () => {
    const log: (number | string)[] = [];
    const onStep: LoopHooks["onStep"] = ({ epoch, done }) => {
      if (epoch > 1) return;
      log.push(done);
      if (done === 2 || done === 20) setImmediate().then(() => log.push("turn"));
    };
    const { train, dev } = tinyDocs();
    const twice = prepare(config, { kb: tinyKb(), train: [...train, ...train], dev });
    const oneByOne = { ...config.training, batch_size: 1, max_epochs: 1 };
    await fit(newModel(1, twice, backend), twice, oneByOne, undefined, { onStep });
    const steps = Array.from(log.keys(), (i) => i + 1).slice(0, log.length - 2);
    assert.ok(steps.length > 33, `${steps.length} steps`);
    assert.deepEqual(log, [
      ...steps.slice(0, 16),
      "turn",
      ...steps.slice(16, 32),
      "turn",
      ...steps.slice(32),
    ]);
  });

  it("stops at a late loss that is no number, and names its own step", async () => {
    const tell = (loss: number, step: number): Promise<number> => later(step === 2 ? Number.NaN : loss);
    const log = await failed({ message: /L509.*epoch 1, step 2\b/ }, { tell });
    assert.deepEqual(log, ["step 1", "step 2", "told 1", "step 3"]);
  });

  it("ends with the error of a step that failed, whatever becomes of the one ahead", async () => {
    const tell = async (_: number, step: number): Promise<number> => {
      await setImmediate();
      throw new Error(`step ${step} was lost`);
    };
    assert.deepEqual(await failed({ message: /^step 1 was lost$/ }, { tell }), ["step 1", "step 2"]);
  });

  it("ends with the error of a step that can't be taken while a loss is on its way", async () => {
    const tell = (_: number, step: number): Promise<number> => {
      if (step === 2) throw new Error("no step 2");
      return setImmediate().then(() => Promise.reject(new Error("step 1 was lost")));
    };
    assert.deepEqual(await failed({ message: /^no step 2$/ }, { tell }), ["step 1", "step 2"]);
  });

  it("ends at once where it is aborted after a step", async () => {
    for (const [tell, expected] of [
      [(loss: number) => loss, ["step 1", "told 1", "step 2", "told 2"]],
      [later, ["step 1", "step 2", "told 1", "step 3", "told 2"]],
    ] as const) {
      const controller = new AbortController();
      const { signal } = controller;
      const onStep: LoopHooks["onStep"] = ({ done }) => done === 2 && controller.abort();
      assert.deepEqual(await failed({ message: /aborted/ }, { tell, onStep, signal }), expected);
    }
  });

  it("ends at once where it is aborted while an epoch's last step is ahead", async () => {
    const controller = new AbortController();
    const { signal } = controller;
    let steps = 0;
    const onStep: LoopHooks["onStep"] = ({ done, of }) => {
      steps = of;
      if (done === of - 1) controller.abort();
    };
    const log = await failed({ message: /aborted/ }, { tell: later, onStep, signal });
    assert.deepEqual(log.slice(-2), [`step ${steps}`, `told ${steps - 1}`]);
  });

  it("goes on from a state, its learning rates too", async () => {
    const [whole, parts]: [number[], number[]] = [[], []];
    const expected = await run({ tell: later, rates: whole });
    const model = newModel(1, data, backend);
    let state: TrainingState | undefined;
    const onEpoch = (current: TrainingState): void => {
      state = current;
      if (current.epoch === 2) throw new Error("enough");
    };
    await assert.rejects(run({ model, tell: later, rates: parts, onEpoch }), { message: "enough" });
    const { best, reports } = await run({ model, start: state as TrainingState, tell: later, rates: parts });
    assert.deepEqual(best, expected.best);
    assert.deepEqual(reports, expected.reports);
    assert.deepEqual(parts, whole);
    assert.equal(whole[5], cosineRate(config.training.learning_rate, 5, whole.length));
  });

  it("ends with the error of a device that can't begin", async () => {
    const makeStepper = async (): Promise<never> => {
      throw new Error("no memory");
    };
    const training = fit(newModel(1, data, backend), data, config.training, undefined, { makeStepper });
    await assert.rejects(training, { message: "no memory" });
  });
});

describe("stepsOn", () => {
  it("takes steps on the cores where no GPU is open", () => {
    assert.equal(stepsOn(backend), coreStepper);
  });

  it("gives a training's steps to the GPU that the backend has open", async () => {
    const gpu = new Proxy({} as Gpu, {
      get(_, key) {
        throw new Error(`asked for ${String(key)}`);
      },
    });
    await assert.rejects(fitMembers(config.training, data, { ...backend, gpu }), { message: /^asked for/ });
  });
});
