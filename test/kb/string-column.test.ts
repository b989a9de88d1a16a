import assert from "node:assert/strict";
import { test } from "node:test";
import { StringColumn } from "../../src/kb/string-column.js";

test("strings of growing lengths come back as they went in, in every script", () => {
  // Each is more than twice as long as the one before, so that the encoder needs a larger buffer for it.
  const texts = ["a", "é", "日", "🍎", "z"].map((character, i) => character.repeat(100 * 8 ** i));
  const column = new StringColumn();
  const isSame = (found: StringColumn): boolean[] => texts.map((text, i) => found.at(i) === text);
  texts.forEach((text, i) => {
    assert.equal(column.push(text), i);
  });
  const all = texts.map(() => true);
  assert.deepEqual(isSame(column), all);
  assert.deepEqual(isSame(StringColumn.fromColumns(column.toColumns())), all);
});

test("strings are replaced and picked, without the column's own arrays being written to", () => {
  const column = new StringColumn();
  for (const text of ["", "🍎", "a", "é".repeat(300), ""]) column.push(text);
  const before = structuredClone(column.toColumns());
  const borrowed = StringColumn.fromColumns(column.toColumns());
  borrowed.set(1, "x".repeat(2000));
  borrowed.set(4, "end");
  borrowed.set(0, "\ud800");
  borrowed.set(3, "");
  borrowed.push("new");
  const textsOf = (some: StringColumn) => Array.from({ length: some.size }, (_, i) => some.at(i));
  assert.deepEqual(textsOf(borrowed), ["\ufffd", "x".repeat(2000), "a", "", "end", "new"]);
  assert.deepEqual(column.toColumns(), before);
  const picked = column.pick(Int32Array.of(3, 1, 4));
  assert.deepEqual(textsOf(picked), ["é".repeat(300), "🍎", ""]);
  picked.push("more");
  assert.deepEqual(textsOf(picked), ["é".repeat(300), "🍎", "", "more"]);
  assert.deepEqual(column.toColumns(), before);
  assert.deepEqual(textsOf(column.pick(new Int32Array(0))), []);
});
