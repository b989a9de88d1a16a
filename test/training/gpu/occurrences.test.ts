import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import { Occurrences } from "../../../src/training/gpu/occurrences.js";
import { Staging } from "../../../src/training/gpu/staging.js";
import "../../arbitraries.js";

const ROWS = 6;
const LONGEST_CHUNK = 64;

/** What was written, read as a kernel reads it: each row's chunks, of places in the batch. */
function chunksByRow(occurrences: Occurrences, words: Int32Array): Map<number, number[][]> {
  const ints = Staging.ofInts();
  const { touched, chunks } = occurrences.write(words, ints);
  const read = (name: string, at: number): number =>
    ints.all[(ints.places.get(name) as number) + at] as number;
  const chunk = (c: number): number[] => {
    const [start, end] = [read("chunk_starts", c), read("chunk_starts", c + 1)];
    return Array.from({ length: end - start }, (_, i) => read("occurrences", start + i));
  };
  const found = new Map<number, number[][]>();
  for (let t = 0; t < touched; t++) {
    const [begin, end] = [read("row_chunks", t), read("row_chunks", t + 1)];
    found.set(
      read("touched_rows", t),
      Array.from({ length: end - begin }, (_, c) => chunk(begin + c)),
    );
  }
  assert.equal(found.size, touched, "no row twice");
  assert.equal(read("row_chunks", touched), chunks);
  return found;
}

function placesByRow(words: Int32Array): Map<number, number[]> {
  const expected = new Map<number, number[]>();
  words.forEach((row, place) => {
    if (row !== 0) expected.set(row, [...(expected.get(row) ?? []), place]);
  });
  return expected;
}

describe("Occurrences", () => {
  it("are each row's places, in chunks of up to 64, whatever the batch before was", () => {
    const occurrences = new Occurrences(ROWS);
    const batch = fc.array(fc.nat(ROWS - 1), { maxLength: 900, size: "max" });
    fc.assert(
      fc.property(batch, (rows) => {
        const words = Int32Array.from(rows);
        const found = chunksByRow(occurrences, words);
        const expected = placesByRow(words);
        assert.deepEqual(new Map([...found].map(([row, chunks]) => [row, chunks.flat()])), expected);
        for (const [row, chunks] of found) {
          const count = expected.get(row)?.length as number;
          assert.equal(chunks.length, Math.ceil(count / LONGEST_CHUNK), "no more chunks than needed");
          for (const { length } of chunks) assert.ok(length > 0 && length <= LONGEST_CHUNK);
        }
      }),
    );
  });

  it("of 64 are one chunk, of 65 two", () => {
    const chunksOf = (length: number): number => {
      const words = new Int32Array(length).fill(3);
      return chunksByRow(new Occurrences(ROWS), words).get(3)?.length as number;
    };
    assert.deepEqual([chunksOf(64), chunksOf(65)], [1, 2]);
  });

  it("of a batch whose words are all left out are none", () => {
    assert.equal(chunksByRow(new Occurrences(ROWS), new Int32Array(9)).size, 0);
  });
});
