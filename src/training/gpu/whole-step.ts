import type { ModelOptions } from "../../model/options.js";
import type { Kernel } from "./kernel.js";
import { candidatesBackward, candidatesForward } from "./kernels/candidates.js";
import { ENCODERS_BACKWARD, ENCODERS_FORWARD } from "./kernels/encoders.js";
import { loss } from "./kernels/loss.js";
import { NIL_BACKWARD, NIL_FORWARD } from "./kernels/nil.js";
import { adam } from "./kernels/optimizer.js";
import { POOLING_BACKWARD, POOLING_FORWARD } from "./kernels/pooling.js";
import type { HasWeight } from "./weight-places.js";

/** A training step of {@link NelModel}, operation after operation: forward, backward, and Adam. */
export function wholeStep(options: ModelOptions, has: HasWeight, averages: boolean): Kernel[] {
  const { nilLogit } = options;
  return [
    ...POOLING_FORWARD,
    ...ENCODERS_FORWARD,
    ...candidatesForward(options, has),
    ...(nilLogit ? NIL_FORWARD : []),
    ...loss(options),
    ...(nilLogit ? NIL_BACKWARD : []),
    ...candidatesBackward(options, has),
    ...ENCODERS_BACKWARD,
    ...POOLING_BACKWARD,
    ...adam({ averages }),
  ];
}
