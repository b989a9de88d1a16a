import { LruCache } from "../lru.js";

/** Makes vectors of texts, in their order. */
export type Embed = (texts: readonly string[]) => Promise<readonly Float32Array[]>;

export interface TextVectorsOptions {
  /** Texts that are embedded at once. */
  readonly batchSize: number;
  /** Texts whose vectors are kept, those that were used last. */
  readonly cacheSize: number;
}

/** Vectors of texts, each text embedded once: candidates come back with every mention of a name. */
export class TextVectors {
  private readonly kept: LruCache<Float32Array>;

  constructor(
    private readonly embed: Embed,
    private readonly options: TextVectorsOptions,
  ) {
    this.kept = new LruCache(options.cacheSize);
  }

  /** The cosine of each pair of texts, -1 to 1. */
  async cosines(pairs: readonly (readonly [string, string])[], signal?: AbortSignal): Promise<Float32Array> {
    const vectors = await this.of(new Set(pairs.flat()), signal);
    return Float32Array.from(pairs, ([a, b]) =>
      cosine(vectors.get(a) as Float32Array, vectors.get(b) as Float32Array),
    );
  }

  private async of(
    texts: ReadonlySet<string>,
    signal: AbortSignal | undefined,
  ): Promise<Map<string, Float32Array>> {
    const found = new Map<string, Float32Array>();
    const missing: string[] = [];
    for (const text of texts) {
      const vector = this.kept.get(text);
      if (vector) found.set(text, vector);
      else missing.push(text);
    }
    missing.sort((a, b) => a.length - b.length); // texts of a length share a batch without much padding
    for (let from = 0; from < missing.length; from += this.options.batchSize) {
      signal?.throwIfAborted();
      const batch = missing.slice(from, from + this.options.batchSize);
      const vectors = await this.embed(batch);
      batch.forEach((text, i) => {
        found.set(text, vectors[i] as Float32Array);
      });
    }
    for (const [text, vector] of found) this.kept.set(text, vector);
    return found;
  }
}

/** 0 where a vector has no direction. */
function cosine(a: Float32Array, b: Float32Array): number {
  let [dot, aa, bb] = [0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i] as number, b[i] as number];
    dot += x * y;
    aa += x * x;
    bb += y * y;
  }
  return dot / (Math.sqrt(aa * bb) || 1);
}
