const M = 0xc6a4a7935bd1e995n;
const R = 47n;
const BLOCK = 8;
const MASK = 0xffffffffffffffffn;

/**
 * MurmurHash64A (Austin Appleby), as an unsigned number.
 * @param seed of 32 bits
 */
export function murmurHash64A(bytes: Uint8Array, seed: number): bigint {
  const { length } = bytes;
  const view = new DataView(bytes.buffer, bytes.byteOffset, length);
  const whole = length - (length % BLOCK);
  let hash = BigInt(seed) ^ ((BigInt(length) * M) & MASK);
  for (let at = 0; at < whole; at += BLOCK) {
    let block = (view.getBigUint64(at, true) * M) & MASK;
    block ^= block >> R;
    hash = ((hash ^ ((block * M) & MASK)) * M) & MASK;
  }
  if (whole < length) {
    let tail = 0n;
    for (let at = length - 1; at >= whole; at--) tail = (tail << 8n) | BigInt(bytes[at] as number);
    hash = ((hash ^ tail) * M) & MASK;
  }
  hash = ((hash ^ (hash >> R)) * M) & MASK;
  return hash ^ (hash >> R);
}
