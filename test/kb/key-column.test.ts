import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { fold } from "../../src/kb/fold.js";
import { packKeys, unpackKeys } from "../../src/kb/key-column.js";
import { StringTable } from "../../src/kb/string-table.js";
import { oddText } from "../arbitraries.js";

function roundTrip(names: readonly string[]): { odd: number; back: string[]; keys: string[] } {
  const aliases = new StringTable();
  for (const name of names) aliases.add(name);
  const keys = new StringTable();
  const keyOf = Int32Array.from({ length: aliases.size }, (_, alias) => keys.add(fold(aliases.at(alias))));
  const packed = packKeys(keys.toColumns(), aliases.toColumns(), keyOf);
  const unpacked = unpackKeys(packed, aliases.toColumns());
  assert.deepEqual(unpacked.keyOf, keyOf);
  const all = (table: StringTable): string[] => Array.from({ length: table.size }, (_, i) => table.at(i));
  return {
    odd: packed.odd.offsets.length - 1,
    back: all(StringTable.fromColumns(unpacked.keys)),
    keys: all(keys),
  };
}

test("keys that are an alias in small letters are not kept, the others are", () => {
  const { odd, back, keys } = roundTrip(["New York", "NEW YORK", "Zürich", "Jean-Luc", "St. Ives", "zurich"]);
  assert.deepEqual(back, ["new york", "zurich", "jean luc", "st ives"]);
  assert.deepEqual(back, keys);
  assert.equal(odd, 2, "zurich of Zürich, st ives of St. Ives");
});

test("any keys come back", () => {
  const mixed = fc.oneof(
    oddText(),
    fc.string({ maxLength: 6 }),
    fc.constantFrom("A", "a", "A-B", "the a b c d"),
  );
  fc.assert(
    fc.property(fc.array(mixed), (names) => {
      const { back, keys } = roundTrip(names);
      assert.deepEqual(back, keys);
    }),
    { seed: 5, numRuns: 300 },
  );
});
