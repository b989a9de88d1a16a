/** The values that were used last, by their keys. */
export class LruCache<V> {
  /** By use, the latest last. */
  private readonly values = new Map<string, V>();

  /** @param maxEntries values that are kept */
  constructor(private readonly maxEntries: number) {}

  get(key: string): V | undefined {
    const value = this.values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: V): void {
    this.values.delete(key);
    this.values.set(key, value);
    if (this.values.size > this.maxEntries) this.values.delete(this.values.keys().next().value as string);
  }
}
