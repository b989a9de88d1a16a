import type { TrainableModel } from "../../model/trainable-model.js";
import type { Gpu } from "../../tensor/gpu.js";
import type { Adam } from "../optimizer.js";
import type { Stepper } from "../stepper.js";

/** Takes the steps of a training on a GPU. */
export async function gpuStepper(gpu: Gpu, _model: TrainableModel, _adam: Adam): Promise<Stepper> {
  throw new Error(`no steps on ${gpu.name} yet`);
}
