import { cloneWeights, type Weights } from "../tensor/weights.js";

/** Running means, by the weights that they are means of. */
export type Averages = ReadonlyMap<Weights, Weights>;

/**
 * Runs `fn` with averages in place of weights, in the same arrays; the weights come back when it returns or throws, or
 * when the promise that it gives is settled.
 * @param onRestored called after that
 */
export function withAverages<T>(
  members: readonly Weights[],
  averages: Averages,
  fn: () => T,
  onRestored: () => void = () => {},
): T {
  const own = members.map(cloneWeights);
  const restore = (): void => {
    members.forEach((weights, m) => {
      copyInto(weights, own[m]);
    });
    onRestored();
  };
  for (const weights of members) copyInto(weights, averages.get(weights));
  let result: T;
  try {
    result = fn();
  } catch (error) {
    restore();
    throw error;
  }
  if (result instanceof Promise) return result.finally(restore) as T;
  restore();
  return result;
}

function copyInto(weights: Weights, values: Weights | undefined): void {
  for (const [name, weight] of values ?? []) weights.get(name)?.values.set(weight.values);
}
