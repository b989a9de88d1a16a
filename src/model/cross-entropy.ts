import { zeros } from "../tensor/pass-memory.js";

/**
 * A share that differs less from what it should be teaches nothing. What a backward pass makes of so small a number is soon
 * below the least normal float, where a core takes a hundred times as long for each product.
 */
export const LEAST_SLOPE = 1e-9;

/**
 * The mean, over mentions, of minus the log of the gold's share in the softmax over candidates and NIL; and its gradient.
 * @param logits ragged, as `ModelScores` has them
 * @param starts where each mention's logits begin, and the end of the last [B + 1]
 * @param gold for each mention the place of its gold among its candidates, -1 for NIL [B]
 */
export function crossEntropy(
  logits: Float32Array,
  starts: Int32Array,
  gold: Int32Array,
): { loss: number; gradient: Float32Array } {
  const gradient = zeros(logits.length);
  let loss = 0;
  gold.forEach((place, b) => {
    const from = starts[b] as number;
    const to = starts[b + 1] as number;
    const right = place < 0 ? to - 1 : from + place;
    const logSum = logSumExp(logits, from, to);
    for (let i = from; i < to; i++) {
      const share = Math.exp((logits[i] as number) - logSum);
      const slope = share - (i === right ? 1 : 0);
      if (Math.abs(slope) >= LEAST_SLOPE) gradient[i] = slope / gold.length;
    }
    loss += (logSum - (logits[right] as number)) / gold.length;
  });
  return { loss, gradient };
}

/** The logarithm of the sum of the exponentials of values[from..to). */
export function logSumExp(values: Float32Array, from: number, to: number): number {
  let top = Number.NEGATIVE_INFINITY;
  for (let i = from; i < to; i++) top = Math.max(top, values[i] as number);
  let sum = 0;
  for (let i = from; i < to; i++) sum += Math.exp((values[i] as number) - top);
  return top + Math.log(sum);
}
