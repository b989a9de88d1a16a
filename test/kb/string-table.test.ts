import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { StringTable } from "../../src/kb/string-table.js";

const UNICODE = [
  "",
  "a",
  "é",
  "e\u0301",
  "日本",
  "🍎",
  "👩‍👩‍👧",
  "\uFEFFmark",
  "\0",
  "x".repeat(100),
  "ß".repeat(50),
];

test("indices are dense, in the order the strings came", () => {
  const table = new StringTable();
  assert.deepEqual(
    ["b", "a", "b", "c"].map((text) => table.add(text)),
    [0, 1, 0, 2],
  );
  assert.equal(table.size, 3);
  assert.equal(table.get("c"), 2);
  assert.equal(table.get("d"), -1);
  assert.equal(table.at(1), "a");
});

test("every kind of character comes back as it went in", () => {
  const table = new StringTable();
  for (const text of UNICODE) table.add(text);
  assert.deepEqual(
    UNICODE.map((_, i) => table.at(i)),
    UNICODE,
  );
  assert.deepEqual(
    UNICODE.map((text) => table.get(text)),
    UNICODE.map((_, i) => i),
  );
});

test("lone surrogates become U+FFFD, as in TextEncoder", () => {
  const table = new StringTable();
  assert.equal(table.at(table.add("a\ud83c")), "a\ufffd");
  assert.equal(table.at(table.add("\udf4eb")), "\ufffdb");
  assert.equal(table.get("a\ud800"), 0);
});

test("an index that no string has is refused", () => {
  const table = new StringTable();
  table.add("a");
  for (const index of [-1, 1, 0.5 + 1, Number.NaN]) assert.throws(() => table.at(index), RangeError);
});

test("does what a Map does, before and after its columns are taken over", () => {
  const strings = fc.array(fc.string({ unit: "binary", maxLength: 6 }), { maxLength: 300 });
  fc.assert(
    fc.property(strings, strings, (first, second) => {
      const indices = new Map<string, number>();
      const check = (table: StringTable, texts: readonly string[]): void => {
        for (const text of texts) {
          assert.equal(table.get(text), indices.get(text) ?? -1);
          if (!indices.has(text)) indices.set(text, indices.size);
          assert.equal(table.add(text), indices.get(text));
        }
        for (const [text, i] of indices) {
          assert.equal(table.get(text), i);
          assert.equal(table.at(i), text);
        }
      };
      const table = new StringTable();
      check(table, first);
      check(StringTable.fromColumns(table.toColumns()), second);
    }),
    { seed: 7, numRuns: 50 },
  );
});

test("adding to a table over given columns leaves the columns as they are", () => {
  const table = new StringTable();
  for (let i = 0; i < 5; i++) table.add(`text ${i}`);
  const columns = table.toColumns();
  const before = structuredClone(columns);
  const other = StringTable.fromColumns(columns);
  for (let i = 0; i < 100; i++) other.add(`other ${i}`);
  assert.deepEqual(columns, before);
  assert.equal(table.get("other 0"), -1);
  assert.equal(other.get("other 99"), 104);
});

test("a picked table is the one that has been given these strings alone", () => {
  for (const size of [0, 1, 7, 8, 9, 15, 16, 17, 100]) {
    const all = new StringTable();
    const some = new StringTable();
    const rows: number[] = [];
    for (let i = 0; i < 3 * size; i++) {
      all.add(`é ${i}`);
      if (i % 3 !== 1) continue;
      rows.push(i);
      some.add(`é ${i}`);
    }
    const picked = all.pick(Int32Array.from(rows));
    assert.deepEqual(picked.toColumns(), some.toColumns());
    assert.equal(picked.get("é 0"), -1);
    assert.equal(picked.add("new"), size);
    assert.deepEqual([picked.get("new"), all.get("new"), all.size], [size, -1, 3 * size]);
  }
});
