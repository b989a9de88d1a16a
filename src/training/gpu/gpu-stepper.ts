import { linkwrightError } from "../../errors.js";
import { NelModel } from "../../model/nel-model.js";
import type { TrainableModel } from "../../model/trainable-model.js";
import { firstLine, type Gpu } from "../../tensor/gpu.js";
import { type Adam, keptOfAverages, ratesOf, type StepOptions } from "../optimizer.js";
import type { Stepper, TrainingBatch } from "../stepper.js";
import { REAL_CONSTANTS, wholeConstants } from "./constants.js";
import { DeviceMemory } from "./device-memory.js";
import { Program, type StorageName } from "./program.js";
import { SCRATCH } from "./scratch.js";
import { FLOAT_INPUTS, INT_INPUTS, StepInputs } from "./step-inputs.js";
import { flatten, unflatten, type WeightPlaces, weightPlaces } from "./weight-places.js";
import { wholeStep } from "./whole-step.js";

/**
 * Steps that a GPU takes whole: weights, gradients and moments stay with it, a batch's numbers go there, and its loss comes
 * back. Nothing is waited for but that, so that the next batch is prepared meanwhile.
 * @throws L307 the model is not the classifier
 * @throws L308 the GPU refuses the model's kernels; steps and their losses throw it too
 */
export async function gpuStepper(gpu: Gpu, model: TrainableModel, adam: Adam): Promise<Stepper> {
  if (!(model instanceof NelModel))
    throw linkwrightError("L307", { architecture: model.options.architecture });
  const { options, weights } = model;
  const places = weightPlaces(weights);
  const kernels = wholeStep(options, (name) => weights.has(name), adam.averages !== undefined);
  const compiled = Program.compile(gpu.device, kernels, {
    wholeConstants: wholeConstants(options, places),
    realConstants: REAL_CONSTANTS,
    ints: INT_INPUTS,
    floats: FLOAT_INPUTS,
    scratch: SCRATCH,
    weights: places.places,
  });
  return new GpuStepper(gpu, model, adam, places, await answerOf(gpu, compiled));
}

/** What a GPU answers, unless it has failed: what a broken device says can't be relied on. @throws L308 */
async function answerOf<T>(gpu: Gpu, answer: Promise<T>): Promise<T> {
  const value = await answer.catch((cause: Error) => {
    throw linkwrightError("L308", { reason: gpu.failure() ?? firstLine(cause.message) }, cause);
  });
  const reason = gpu.failure();
  if (reason !== undefined) throw linkwrightError("L308", { reason });
  return value;
}

class GpuStepper implements Stepper {
  steps: number;
  private readonly inputs: StepInputs;
  private readonly memory: DeviceMemory;

  constructor(
    private readonly gpu: Gpu,
    private readonly model: NelModel,
    private readonly adam: Adam,
    private readonly places: WeightPlaces,
    private readonly program: Program,
  ) {
    this.steps = adam.steps;
    this.inputs = new StepInputs(model);
    this.memory = new DeviceMemory(gpu.device, program.uniformBytes);
    const { memory } = this;
    const { moments, averages } = adam;
    memory.upload("weights", flatten(model.weights, places));
    memory.reserve("gradients", places.length);
    memory.upload("first", flatten(moments, places, "m/"));
    memory.upload("second", flatten(moments, places, "v/"));
    if (averages) memory.upload("averages", flatten(averages, places));
  }

  step(batch: TrainingBatch, options: StepOptions): Promise<number> {
    this.steps++;
    const { program, memory, inputs } = this;
    const { device } = this.gpu;
    const sizes = inputs.write(batch);
    const scratch = program.scratchOf(sizes);
    const places = new Map([...inputs.ints.places, ...inputs.floats.places, ...scratch.places]);
    const rates = {
      ...ratesOf(options, this.steps),
      longest: options.clipNorm,
      remembered: keptOfAverages(this.steps),
    };
    memory.upload("ints", inputs.ints.all);
    memory.upload("floats", inputs.floats.all);
    memory.reserve("scratch", scratch.length);
    memory.setUniform(program.uniform(sizes, rates, places));
    const encoder = device.createCommandEncoder();
    program.encode(encoder, program.bindGroup(memory.uniform, memory.storage), sizes);
    const readLoss = memory.copyBack(encoder, "scratch", scratch.places.get("loss") as number, 1);
    device.queue.submit([encoder.finish()]);
    return answerOf(this.gpu, readLoss()).then(([loss]) => loss as number);
  }

  async finish(): Promise<void> {
    const { weights } = this.model;
    const { moments, averages } = this.adam;
    const read = (name: StorageName): Promise<Float32Array> =>
      answerOf(this.gpu, this.memory.read(name, 0, this.places.length));
    unflatten(await read("weights"), weights, this.places);
    unflatten(await read("first"), moments, this.places, "m/");
    unflatten(await read("second"), moments, this.places, "v/");
    if (averages) unflatten(await read("averages"), averages, this.places);
    this.adam.restore(moments, this.steps, averages);
  }

  close(): void {
    this.memory.destroy();
  }
}
