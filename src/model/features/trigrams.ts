/** The different trigrams of a name, each as one number, in ascending order. */
export function trigramsOf(lower: string): Float64Array {
  const padded = `  ${lower} `;
  const codes = new Float64Array(padded.length - 2);
  for (let i = 0; i < codes.length; i++) {
    codes[i] = (padded.charCodeAt(i) * 65536 + padded.charCodeAt(i + 1)) * 65536 + padded.charCodeAt(i + 2);
  }
  codes.sort();
  let kept = 0;
  for (let i = 0; i < codes.length; i++) if (codes[i] !== codes[i - 1]) codes[kept++] = codes[i] as number;
  return codes.subarray(0, kept);
}

/** Share of the numbers of two sets that both have. @param a,b ascending */
export function jaccard(a: Float64Array, b: Float64Array): number {
  let shared = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const difference = (a[i] as number) - (b[j] as number);
    if (difference === 0) shared++;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return shared / (a.length + b.length - shared);
}
