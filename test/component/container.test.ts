import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { packFiles, unpackFiles } from "../../src/component/container.js";
import { damaged, oddText } from "../arbitraries.js";
import { assertRefused } from "../refusals.js";

const anyFiles = fc
  .uniqueArray(fc.tuple(oddText(), fc.uint8Array({ maxLength: 40 })), {
    maxLength: 5,
    selector: ([name]) => name,
  })
  .map((entries) => new Map(entries));

test("files of any names come back, empty ones too, and make the same bytes again", () => {
  fc.assert(
    fc.property(anyFiles, (files) => {
      const bytes = packFiles(files);
      const found = unpackFiles(bytes, "here");
      assert.deepEqual(
        [...found].map(([name, content]) => [name, [...content]]),
        [...files].map(([name, content]) => [name, [...content]]),
      );
      assert.deepEqual(packFiles(found), bytes);
    }),
    { numRuns: 200 },
  );
});

test("other bytes are refused, whatever became of them", async () => {
  const cases = anyFiles.chain((files) => damaged(packFiles(files)));
  await fc.assert(
    fc.asyncProperty(cases, (bytes) => assertRefused(() => unpackFiles(bytes, "here"), /^\[L40[47]\] here/)),
    { numRuns: 500 },
  );
});

describe("a header that its hash vouches for and that is none", () => {
  for (const header of [
    "",
    "{",
    "{}",
    "null",
    "[1]",
    '[["a"]]',
    '[["a", -1]]',
    '[["a", 1e9]]',
    "[[1, 3]]",
    '[["a", 2]]',
  ]) {
    test(`${header || "nothing"} is refused`, () => {
      const bytes = new Uint8Array(
        Buffer.concat([packFiles(new Map()).subarray(0, 44), Buffer.from(`${header}abc`)]),
      );
      new DataView(bytes.buffer).setUint32(40, header.length, true);
      bytes.set(createHash("sha256").update(bytes.subarray(40)).digest(), 8);
      assert.throws(() => unpackFiles(bytes, "here"), { code: "L407", message: /here .*header/ });
    });
  }
});
