/** Softmax over candidates and NIL, and its cross entropy, as `model/cross-entropy.ts` has them. */
import { columnSums, each, type Kernel, withFunctions } from "../kernel.js";

export function loss({ nilLogit }: { readonly nilLogit: boolean }): Kernel[] {
  return [
    each(
      "losses",
      "mentions",
      `
  let of_nil = ${nilLogit ? "nil_logits[i]" : "IMPOSSIBLE"};
  var top = of_nil;
  for (var row = starts[i]; row < starts[i + 1]; row++) { top = max(top, scores[row]); }
  var sum = exp(of_nil - top);
  for (var row = starts[i]; row < starts[i + 1]; row++) { sum += exp(scores[row] - top); }
  let log_sum = top + log(sum);
  let count = f32(step.mentions);
  var right = of_nil;
  for (var row = starts[i]; row < starts[i + 1]; row++) {
    let is_right = row - starts[i] == gold[i];
    on_scores[row] = slope(exp(scores[row] - log_sum), is_right) / count;
    if (is_right) { right = scores[row]; }
  }
  ${nilLogit ? "on_nil[i] = slope(exp(of_nil - log_sum), gold[i] == NIL) / count;" : ""}
  losses[i] = (log_sum - right) / count;`,
    ),
    columnSums("loss", { rows: "mentions", columns: "1", element: "losses[i]", to: "loss[j]" }),
  ].map((kernel) => withFunctions(SLOPE, kernel));
}

const SLOPE = `
/** The gold of a mention whose entity is not among its candidates. */
const NIL = 0xffffffffu;

fn slope(share: f32, is_right: bool) -> f32 {
  let number = select(share, share - 1, is_right);
  return select(number, 0.0, abs(number) < LEAST_SLOPE);
}
`;
