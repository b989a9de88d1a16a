import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import fc from "fast-check";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { readKbSource } from "../../src/kb/source.js";
import { readSpacyKb, writeSpacyKb } from "../../src/kb/spacy-kb.js";
import { oddText, wellFormed } from "../arbitraries.js";
import { suiteFolder } from "../fixtures.js";
import { type KbRows, kbOf, kbRows, kept, manyCandidates, rowsOf } from "./arbitrary-kb.js";
import { contentOf } from "./small-kb.js";

const folder = suiteFolder();
const found = (kb: InMemoryLookupKB, mention: string) =>
  kb
    .getCandidates(mention)
    .map(({ entity_, priorProb, match, similarity }) => [entity_, priorProb, match, similarity]);

/** That both answer alike, also where the indices decide. */
function assertSame(kb: InMemoryLookupKB, other: InMemoryLookupKB, mention: string): void {
  assert.deepEqual(contentOf(kb), contentOf(other));
  for (const text of [mention, ...other.getAliasStrings()])
    assert.deepEqual(found(kb, text), found(other, text));
}

describe("a knowledge base of any strings", () => {
  test("keeps what it is given; lone surrogates become U+FFFD", () => {
    fc.assert(
      fc.property(kbRows, (rows) => assert.deepEqual(rowsOf(kbOf(rows)), kept(rows))),
      { numRuns: 100, examples: [[manyCandidates()]] },
    );
  });

  test("comes back from bytes, and makes the same bytes again", async () => {
    await fc.assert(
      fc.asyncProperty(kbRows, oddText(), async (rows, mention) => {
        const kb = kbOf(rows);
        const bytes = await kb.toBytes();
        const read = await InMemoryLookupKB.fromBytes(bytes);
        assertSame(read, kb, mention);
        assert.deepEqual(await read.toBytes(), bytes);
      }),
      { numRuns: 30, examples: [[manyCandidates(), "all"]] },
    );
  });

  test("comes back from its folder, with the same hash", async () => {
    const dir = join(folder, "kb");
    await fc.assert(
      fc.asyncProperty(kbRows, oddText(), async (rows, mention) => {
        const kb = kbOf(rows);
        await kb.toDisk(dir);
        const read = await InMemoryLookupKB.fromDisk(dir);
        assertSame(read, kb, mention);
        assert.equal(read.hash, kb.hash);
      }),
      { numRuns: 30, examples: [[manyCandidates(), "all"]] },
    );
  });

  test("comes back from spaCy's folder without names, descriptions and types, and makes the same files again", async () => {
    const [dir, again] = [join(folder, "spacy"), join(folder, "spacy-again")];
    const isZero = ({ vector }: { readonly vector: readonly number[] }) =>
      vector.every((value) => value === 0);
    await fc.assert(
      fc.asyncProperty(kbRows, async (rows) => {
        await writeSpacyKb(kbOf(rows), dir);
        const read = await readSpacyKb(dir);
        const { entities, aliases } = kept(rows);
        const bare = entities.map((entity) => ({ ...entity, name: entity.id, description: "", type: "" }));
        assert.deepEqual(rowsOf(read), { entities: bare, aliases });
        assert.equal(read.vectors === undefined, entities.every(isZero));
        await writeSpacyKb(read, again);
        for (const file of ["contents", "strings.json"]) {
          assert.deepEqual(await readFile(join(again, file)), await readFile(join(dir, file)));
        }
      }),
      { numRuns: 60, examples: [[manyCandidates()]] },
    );
  });
});

describe("a source of any strings", () => {
  async function readSource({ entities, aliases }: KbRows, nameAsAlias = false): Promise<InMemoryLookupKB> {
    const lines = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).join("\r\n");
    await writeFile(join(folder, "entities.jsonl"), `\ufeff${lines(entities)}\r\n\r\n`);
    await writeFile(join(folder, "aliases.jsonl"), lines(aliases));
    return readKbSource(folder, { nameAsAlias, entityVectorLength: 2 });
  }
  const notEmpty = kbRows.filter(({ entities, aliases }) => entities.length > 0 && aliases.length > 0);
  test("makes the knowledge base that they are given to", async () => {
    await fc.assert(
      fc.asyncProperty(notEmpty, async (rows) => {
        assert.deepEqual(rowsOf(await readSource(rows)), kept(rows));
      }),
      { numRuns: 50, examples: [[manyCandidates()]] },
    );
  });

  test("lets every entity be found by its name", async () => {
    await fc.assert(
      fc.asyncProperty(notEmpty, async (rows) => {
        const kb = await readSource(rows, true);
        for (const { id, name } of rows.entities) {
          const ids = kb.getAliasCandidates(name).map(({ entity_ }) => entity_);
          assert.equal(ids.includes(wellFormed(id)), name !== "");
        }
      }),
      { numRuns: 40 },
    );
  });

  test("refuses ids that differ in lone surrogates alone, by the line of the second", async () => {
    const [first, second] = ["\ud83c", "\udf4e"].map((id) => ({ id, name: "x" }));
    const lines = [first, second].map((row) => JSON.stringify(row)).join("\n");
    await writeFile(join(folder, "entities.jsonl"), lines);
    await assert.rejects(readKbSource(folder), { code: "L224", message: /entities\.jsonl:2: the entity/ });
  });
});
