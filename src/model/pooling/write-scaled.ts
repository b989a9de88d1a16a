/** out[at..] = sums[from..] x factor */
export function writeScaled(
  out: Float32Array,
  at: number,
  sums: Float32Array,
  from: number,
  factor: number,
  width: number,
): void {
  for (let j = 0; j < width; j++) out[at + j] = (sums[from + j] as number) * factor;
}
