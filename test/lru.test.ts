import assert from "node:assert/strict";
import { test } from "node:test";
import { LruCache } from "../src/lru.js";

test("values that were not used for longest go first", () => {
  const cache = new LruCache<number>(2);
  cache.set("a", 0);
  cache.set("b", 1);
  assert.equal(cache.get("a"), 0);
  cache.set("c", 2);
  assert.deepEqual(
    ["a", "b", "c"].map((key) => cache.get(key)),
    [0, undefined, 2],
  );
  cache.set("a", 3);
  cache.set("d", 4);
  assert.deepEqual([cache.get("a"), cache.get("c")], [3, undefined]);
});

test("a cache of no entries keeps none", () => {
  const none = new LruCache<string>(0);
  none.set("a", "");
  assert.equal(none.get("a"), undefined);
});
