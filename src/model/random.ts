import seedrandom from "seedrandom";

/** A stream of random numbers that the same seed gives again. */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** Standard normal. */
  normal(): number;
}

/** A generator for one purpose: streams of other purposes or epochs do not disturb it. */
export function makeRandom(...seed: readonly (string | number)[]): Random {
  const uniform = seedrandom.alea(seed.join("/"));
  return {
    next: () => uniform(),
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
  };
}

/** Fisher-Yates, in place. */
export function shuffle(values: Int32Array, random: Random): Int32Array {
  for (let i = values.length - 1; i > 0; i--) {
    const j = Math.floor(random.next() * (i + 1));
    const swapped = values[i] as number;
    values[i] = values[j] as number;
    values[j] = swapped;
  }
  return values;
}
