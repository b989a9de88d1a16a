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
