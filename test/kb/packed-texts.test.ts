import assert from "node:assert/strict";
import { test } from "node:test";
import { PackedTexts, packTexts, readBlocks } from "../../src/kb/packed-texts.js";
import { StringColumn } from "../../src/kb/string-column.js";

function columnOf(texts: readonly string[]): StringColumn {
  const column = new StringColumn();
  for (const text of texts) column.push(text);
  return column;
}

const TEXTS = Array.from({ length: 700 }, (_, i) =>
  i % 7 === 0 ? "" : `entity ${i} of the valley 🍎`.repeat(i % 5),
);

test("texts of several blocks come back in any order, and take less room", () => {
  const source = packTexts(columnOf(TEXTS));
  const texts = new PackedTexts({ size: TEXTS.length, blocks: readBlocks(source, TEXTS.length), source });
  for (const i of [0, 255, 256, 699, 1, 511, 512, 255]) assert.equal(texts.at(i), TEXTS[i]);
  for (let i = TEXTS.length - 1; i >= 0; i--) assert.equal(texts.at(i), TEXTS[i]);
  assert.throws(() => texts.at(700), RangeError);
  assert.ok(source.length < Buffer.byteLength(TEXTS.join("")) / 3);
});

test("of a file one block is read at a time, each once in a row", () => {
  const source = packTexts(columnOf(TEXTS));
  let reads = 0;
  const readRange = (path: string, start: number, length: number): Uint8Array => {
    assert.equal(path, "somewhere");
    reads++;
    return source.subarray(start, start + length);
  };
  const columns = {
    size: TEXTS.length,
    blocks: readBlocks(source, TEXTS.length),
    source: { path: "somewhere" },
  };
  const texts = new PackedTexts(columns, readRange);
  for (let i = 0; i < TEXTS.length; i++) assert.equal(texts.at(i), TEXTS[i]);
  assert.equal(reads, 3);
  assert.deepEqual(texts.toBytes(), source);
});

test("a block that is another, or not there, is L230; a damaged table is refused", () => {
  const source = packTexts(columnOf(TEXTS));
  const blocks = readBlocks(source, TEXTS.length);
  const other = packTexts(columnOf(TEXTS.map((text) => text.replace("valley", "valleys"))));
  const size = TEXTS.length;
  const at = (found: Uint8Array | undefined): string => {
    return new PackedTexts({ size, blocks, source: { path: "x" } }, (_path, start, length) => {
      return found?.subarray(start, start + length);
    }).at(300);
  };
  assert.equal(at(source), TEXTS[300]);
  assert.throws(() => at(other), { code: "L230" });
  assert.throws(() => at(undefined), { code: "L230" });
  assert.throws(() => readBlocks(source, size + 256), RangeError);
  assert.deepEqual([...readBlocks(packTexts(columnOf([])), 0)], []);
});
