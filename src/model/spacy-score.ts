/**
 * spaCy's score p + s - p s of a candidate: of its prior, 0 to 1, and the cosine of the mention's context and the entity,
 * -1 to 1. Computed so that it is exactly 1 at a prior of 1, where spaCy's order of operations gives less for one cosine
 * in ten.
 */
export function spacyScore(prior: number, similarity: number): number {
  return prior + similarity * (1 - prior);
}

/** Cosine of two vectors of one length, in doubles; 0 where there is none, as of zeros. spaCy has NaN there. */
export function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0;
  let squareA = 0;
  let squareB = 0;
  for (let i = 0; i < a.length; i++) {
    const x = a[i] as number;
    const y = b[i] as number;
    product += x * y;
    squareA += x * x;
    squareB += y * y;
  }
  const cosine = product / (Math.sqrt(squareA) * Math.sqrt(squareB));
  return Number.isFinite(cosine) ? cosine : 0;
}
