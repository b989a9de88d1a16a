import { SPARSE_WEIGHTS } from "../../model/pooling/words.js";
import type { Weights } from "../../tensor/weights.js";

/** Whether a model has the weight: some parts are left out by its options. */
export type HasWeight = (name: string) => boolean;

/** Where a model's weights stand when they are one array: those whose gradients touch few rows come last. */
export interface WeightPlaces {
  readonly places: ReadonlyMap<string, number>;
  /** How many numbers come before the sparse ones. */
  readonly dense: number;
  readonly length: number;
}

export function weightPlaces(weights: Weights): WeightPlaces {
  const isSparse = (name: string): boolean => SPARSE_WEIGHTS.includes(name);
  const names = [...weights.keys()];
  const places = new Map<string, number>();
  let length = 0;
  let dense = 0;
  for (const name of [...names.filter((name) => !isSparse(name)), ...names.filter(isSparse)]) {
    places.set(name, length);
    length += weights.get(name)?.values.length as number;
    if (!isSparse(name)) dense = length;
  }
  return { places, dense, length };
}

/** @param prefix of the names of `weights`, as moments have them */
export function flatten(
  weights: Weights,
  { places, length }: WeightPlaces,
  prefix = "",
): Float32Array<ArrayBuffer> {
  const flat = new Float32Array(length);
  for (const [name, place] of places) flat.set(weights.get(prefix + name)?.values as Float32Array, place);
  return flat;
}

/** Writes the numbers of {@link flatten} back to where they came from. */
export function unflatten(flat: Float32Array, weights: Weights, { places }: WeightPlaces, prefix = ""): void {
  for (const [name, place] of places) {
    const { values } = weights.get(prefix + name) as { readonly values: Float32Array };
    values.set(flat.subarray(place, place + values.length));
  }
}
