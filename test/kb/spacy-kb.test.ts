import assert from "node:assert/strict";
import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";

import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { isKbFolder, openKb } from "../../src/kb/open-kb.js";

import { readSpacyKb, writeSpacyKb } from "../../src/kb/spacy-kb.js";
import { decodeContents, encodeContents } from "../../src/kb/spacy-kb-contents.js";
import { goldenCases, goldenPath } from "../golden.js";
import { contentOf, smallKb, temporaryFolder } from "./small-kb.js";

type Golden =
  | { readonly id: string; readonly freq: number; readonly vector: number[] }
  | { readonly alias: string; readonly candidates: [string, number][] };

const dir = goldenPath("spacy-kb");
const bytes = new Uint8Array(await readFile(join(dir, "contents")));

/** What spaCy tells of a knowledge base, in its order. */
function rowsOf(kb: InMemoryLookupKB): Golden[] {
  return [
    ...kb.getEntityStrings().map((id, row) => ({
      id,
      freq: kb.freq[row] as number,
      vector: [...kb.getVector(id)],
    })),
    ...kb.getAliasStrings().map((alias, row) => {
      const [start, end] = [kb.candidateStart(row), kb.candidateEnd(row)];
      const candidates = [...kb.candidateEntities.subarray(start, end)].map((entity, i): [string, number] => [
        kb.entityIds.at(entity),
        kb.candidatePriors[start + i] as number,
      ]);
      return { alias, candidates };
    }),
  ];
}

async function kbOf(context: TestContext, contents: Uint8Array, strings?: string): Promise<string> {
  const folder = await temporaryFolder(context);
  await writeFile(join(folder, "contents"), contents);
  await writeFile(
    join(folder, "strings.json"),
    strings ?? (await readFile(join(dir, "strings.json"), "utf8")),
  );
  return folder;
}

describe("reading", () => {
  test("entities, frequencies, vectors, aliases and priors are what spaCy reads", async () => {
    const kb = await readSpacyKb(dir);
    assert.deepEqual(rowsOf(kb), goldenCases<Golden>("spacy-kb"));
    assert.equal(kb.entityVectorLength, 3);
    assert.deepEqual([kb.name(1), kb.description(1), kb.types], ["Zürich", "", [""]]);
  });

  test("an entity twice in an alias counts once, with the sum", async (context) => {
    const entities = [{ id: 380n, freq: 1, vector: Float32Array.of(0) }];
    const aliases = [{ alias: 383n, rows: [0, 0], probabilities: [0.25, 0.5] }];
    const folder = await kbOf(context, encodeContents({ vectorLength: 1, entities, aliases }), "[]");
    const kb = await readSpacyKb(folder);
    assert.deepEqual(rowsOf(kb).at(-1), { alias: "ORG", candidates: [["PERSON", 0.75]] });
    assert.equal(kb.vectors, undefined, "zeros are no vectors");
  });

  test("probabilities up to 1.00001 pass, as spaCy accepts them, and come back to the byte", async (context) => {
    const entities = [380n, 383n, 384n].map((id) => ({ id, freq: 1, vector: Float32Array.of(0) }));
    const alias = (id: bigint, probabilities: number[]) => {
      return { alias: id, rows: probabilities.map((_, i) => i), probabilities };
    };
    const aliases = [alias(380n, [1.00001]), alias(383n, [0.4, 0.4, 0.20001]), alias(384n, [1.000009])];
    const contents = encodeContents({ vectorLength: 1, entities, aliases });
    const kb = await readSpacyKb(await kbOf(context, contents, "[]"));
    const folder = await temporaryFolder(context);
    await writeSpacyKb(kb, folder);
    assert.deepEqual(new Uint8Array(await readFile(join(folder, "contents"))), contents);
    const more = encodeContents({ vectorLength: 1, entities, aliases: [alias(380n, [0.5, 0.50002])] });
    await assert.rejects(readSpacyKb(await kbOf(context, more, "[]")), { code: "E145" });
  });

  test("openKb takes the folder as it is; fromDisk says what does", async () => {
    assert.ok(isKbFolder(dir));
    assert.deepEqual(rowsOf(await openKb(dir)), goldenCases<Golden>("spacy-kb"));
    await assert.rejects(InMemoryLookupKB.fromDisk(dir), {
      code: "L211",
      message: /spaCy's, which readSpacyKb/,
    });
  });

  test("entities that spaCy added after set_entities are refused: it reads other vectors than it was given", async () => {
    const entities = goldenCases<{ id: string; given: number[]; read: number[] }>("spacy-kb-added");
    const wrong = entities.filter(({ given, read }) => String(given) !== String(read));
    assert.deepEqual(
      wrong.map(({ id, read }) => [id, read]),
      [
        ["Q3", entities[3]?.given],
        ["Q4", []],
      ],
    );
    await assert.rejects(readSpacyKb(goldenPath("spacy-kb-added")), {
      code: "L227",
      message: /spacy-kb-added.contents: the vectors of its entities 2 to 3 are numbered one too high/,
    });
  });

  test("a probability that rounding left above 1, as spaCy takes it", async (context) => {
    const entities = [{ id: 380n, freq: 1, vector: Float32Array.of(1) }];
    const prior = Math.fround(1.000005);
    const aliases = [{ alias: 383n, rows: [0], probabilities: [prior] }];
    const folder = await kbOf(context, encodeContents({ vectorLength: 1, entities, aliases }), "[]");
    const kb = await readSpacyKb(folder);
    assert.equal(kb.getPriorProb("PERSON", "ORG"), prior);
    await writeSpacyKb(kb, folder);
    assert.deepEqual(rowsOf(await readSpacyKb(folder)), rowsOf(kb));
  });

  test("a path that is no folder, or lacks a file", async (context) => {
    const folder = await temporaryFolder(context);
    await assert.rejects(readSpacyKb(join(folder, "none")), { code: "E929" });
    await assert.rejects(readSpacyKb(join(dir, "contents")), { code: "E928" });
    await assert.rejects(readSpacyKb(folder), { code: "E145", message: /its file contents can't be read/ });
    await writeFile(join(folder, "contents"), bytes);
    await assert.rejects(readSpacyKb(folder), { code: "E145", message: /its file strings\.json can't/ });
  });

  for (const [strings, message] of [
    ["{}", /strings\.json .*no list of strings/],
    ["[1]", /no list of strings/],
    ["[", /strings\.json is no/],
    ["[]", /entity 0 is \d+, which is the hash of none/],
  ] as const) {
    test(`refuses the strings ${strings}`, async (context) => {
      await assert.rejects(readSpacyKb(await kbOf(context, bytes, strings)), { code: "E145", message });
    });
  }

  for (const { title, at, write, message } of [
    { title: "more entities than fit", at: 0, write: 99n, message: /99 entities take \d+ bytes/ },
    { title: "a negative number of entities", at: 0, write: -1n, message: /number of entities is -1/ },
    { title: "more entities than any file has", at: 0, write: 1n << 62n, message: /number of entities is 4/ },
    { title: "vectors of negative length", at: 8, write: -3n, message: /length of the vectors is -3/ },
    {
      title: "a huge length of vectors",
      at: 8,
      write: 1n << 40n,
      message: /length of the vectors is 1099511627776/,
    },
    {
      title: "a vector that is not finite",
      at: 16,
      write: 0x7fc00000n,
      message: /vector of the entity "Q1" has NaN/,
    },
    { title: "a negative frequency", at: 72, write: 0x00000000bf800000n, message: /frequency .*-1/ },
    { title: "a vector beyond the last", at: 72, write: 4n << 32n, message: /entity 0 has the vector 4/ },
    {
      title: "the vector of another",
      at: 72,
      write: 1n << 32n,
      message: /entity 1 has the vector 1, .*no other/,
    },
    {
      title: "a vector far beyond the last",
      at: 120,
      write: 9n << 32n,
      message: /entity 3 has the vector 9/,
    },
    { title: "an entity twice", at: 64, write: 383n, message: /the entity "ORG" is there twice/ },
    { title: "more aliases than fit", at: 128, write: 1000n, message: /1000 aliases/ },
    { title: "more candidates than fit", at: 144, write: 50n, message: /50 candidates of alias 0/ },
    { title: "a candidate 0", at: 152, write: 0n, message: /candidate 0, expected one of 1 to 4/ },
    { title: "a candidate beyond the last", at: 152, write: 5n, message: /candidate 5/ },
    { title: "a negative candidate", at: 152, write: -1n, message: /candidate -1/ },
  ]) {
    test(`refuses ${title}`, async (context) => {
      const altered = bytes.slice();
      new DataView(altered.buffer).setBigInt64(at, write, true);
      await assert.rejects(readSpacyKb(await kbOf(context, altered)), { code: "E145", message });
    });
  }

  test("refuses a probability above 1, a sum above 1, and bytes after the end", async (context) => {
    const above = bytes.slice();
    new DataView(above.buffer).setFloat32(160, 1.5, true);
    await assert.rejects(readSpacyKb(await kbOf(context, above)), { message: /the probability 1\.5/ });
    const entities = [1n, 2n].map((id) => ({ id, freq: 1, vector: Float32Array.of(1) }));
    const aliases = [{ alias: 3n, rows: [0, 1], probabilities: [0.75, 0.75] }];
    const sum = encodeContents({ vectorLength: 1, entities, aliases });
    await assert.rejects(readSpacyKb(await kbOf(context, sum)), { code: "E145", message: /add to 1\.5/ });
    const longer = await kbOf(context, Uint8Array.of(...bytes, 0));
    await assert.rejects(readSpacyKb(longer), { code: "E145", message: /1 bytes come after/ });
  });

  test("cut anywhere is refused", () => {
    for (let length = 0; length < bytes.length; length++)
      assert.throws(
        () => decodeContents(bytes.subarray(0, length), "x"),
        { code: "E145" },
        `cut to ${length}`,
      );
  });

  test("strings cut anywhere are refused", async (context) => {
    const strings = await readFile(join(dir, "strings.json"));
    const folder = await kbOf(context, bytes);
    for (let length = 0; length < strings.length; length++) {
      await writeFile(join(folder, "strings.json"), strings.subarray(0, length));
      await assert.rejects(readSpacyKb(folder), { code: "E145" }, `cut to ${length}`);
    }
  });
});

describe("writing", () => {
  test("what spaCy wrote is written to the byte again", async (context) => {
    const folder = join(await temporaryFolder(context), "sub", "kb");
    await writeSpacyKb(await readSpacyKb(dir), folder);
    assert.deepEqual((await readdir(folder)).sort(), ["contents", "strings.json"]);
    assert.deepEqual(new Uint8Array(await readFile(join(folder, "contents"))), bytes);
    assert.deepEqual(rowsOf(await readSpacyKb(folder)), goldenCases<Golden>("spacy-kb"));
  });

  test("only names, descriptions and types are lost on the way through", async (context) => {
    const folder = await temporaryFolder(context);
    const { kb } = smallKb();
    kb.appendAlias("adam", "Q3", 0.05);
    await writeSpacyKb(kb, folder);
    const read = await readSpacyKb(folder);
    assert.deepEqual(rowsOf(read), rowsOf(kb));
    assert.notDeepEqual(contentOf(read), contentOf(kb));
  });

  test("replaces a knowledge base, also behind a link, and nothing else", async (context) => {
    const folder = await temporaryFolder(context);
    const { kb } = smallKb();
    await writeSpacyKb(kb, join(folder, "kb"));
    await symlink(join(folder, "kb"), join(folder, "link"));
    kb.addEntity("Q9");
    await writeSpacyKb(kb, join(folder, "link"));
    assert.equal((await readSpacyKb(join(folder, "kb"))).getSizeEntities(), 5);
    assert.deepEqual((await readdir(folder)).sort(), ["kb", "link"]);
    await mkdir(join(folder, "home"));
    await writeFile(join(folder, "home", "thesis.txt"), "years");
    await assert.rejects(writeSpacyKb(kb, join(folder, "home")), { code: "L219", message: /thesis\.txt/ });
    await assert.rejects(writeSpacyKb(kb, join(folder, "home", "thesis.txt")), { code: "E928" });
    await assert.rejects(writeSpacyKb(kb, join(folder, "home", "thesis.txt", "kb")), { code: "E146" });
    assert.deepEqual(await readdir(join(folder, "home")), ["thesis.txt"]);
  });
});
