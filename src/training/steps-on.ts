import type { Backend } from "../tensor/backend.js";
import { coreStepper, type MakeStepper } from "./stepper.js";

/** Steps where the backend takes them: whole ones on its GPU, where it has one open. */
export function stepsOn({ gpu }: Backend): MakeStepper {
  if (!gpu) return coreStepper;
  return async (model, adam) => (await import("./gpu/gpu-stepper.js")).gpuStepper(gpu, model, adam);
}
