/** Adam as `training/optimizer.ts` has it: dense weights whole, of embeddings the rows that the batch touched. */
import { byLanes, each, type Kernel, withFunctions } from "../kernel.js";
import { NORM_SHARES } from "../scratch.js";

const STEP = `
fn adam_step(i: u32) {
  let gradient = gradients[i] * shorten[0];
  let m = BETA1 * first[i] + NEW_SHARE1 * gradient;
  let v = BETA2 * second[i] + NEW_SHARE2 * gradient * gradient;
  first[i] = m;
  second[i] = v;
  weights[i] = weights[i] * step.keep - step.rate * m / (sqrt(v) + ADAM_EPSILON);
}
`;

export function adam({ averages }: { readonly averages: boolean }): Kernel[] {
  return [
    byLanes(
      "squares of gradients",
      `${NORM_SHARES}`,
      `
  let all = ${NORM_SHARES} * LANES;
  let own = i * LANES + lane;
  var sum = 0.0;
  for (var at = own; at < DENSE; at += all) { sum += gradients[at] * gradients[at]; }
  for (var at = own; at < step.touched * (EMBEDDING + 1); at += all) {
    let number = gradients[sparse_place(at)];
    sum += number * number;
  }
  sum = total(vec4f(sum), lane).x;
  if (lane == 0) { squares[i] = sum; }`,
    ),
    byLanes(
      "length of the gradient",
      "1",
      `
  var sum = 0.0;
  for (var at = lane; at < ${NORM_SHARES}; at += LANES) { sum += squares[at]; }
  sum = total(vec4f(sum), lane).x;
  if (lane == 0) { shorten[0] = min(1.0, step.longest / (sqrt(sum) + ADAM_EPSILON)); }`,
    ),
    each("Adam, dense", "DENSE", "adam_step(i);"),
    each("Adam, sparse", "touched * EMBEDDING + touched", "adam_step(sparse_place(i));"),
    ...(averages
      ? [
          each(
            "averages",
            "WEIGHTS",
            "averages[i] = step.remembered * averages[i] + (1 - step.remembered) * weights[i];",
          ),
        ]
      : []),
  ].map((kernel) => withFunctions(SPARSE + STEP, kernel));
}

const SPARSE = `
/** Where number i of the touched rows stands among all weights: each has an embedding, and after it a salience. */
fn sparse_place(i: u32) -> u32 {
  let row = touched_rows[i / (EMBEDDING + 1)];
  let j = i % (EMBEDDING + 1);
  if (j < EMBEDDING) { return EMBEDDINGS + row * EMBEDDING + j; }
  return SALIENCE + row;
}
`;
