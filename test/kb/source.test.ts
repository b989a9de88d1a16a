import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, type TestContext, test } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { type KbSourceOptions, readKbSource } from "../../src/kb/source.js";
import { temporaryFolder } from "./small-kb.js";

type Line = object | string;

async function sourceFolder(
  context: TestContext,
  entities: readonly Line[],
  aliases: readonly Line[],
): Promise<string> {
  const dir = await temporaryFolder(context);
  const text = (lines: readonly Line[]) =>
    lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  await writeFile(join(dir, "entities.jsonl"), text(entities).join("\n"));
  await writeFile(join(dir, "aliases.jsonl"), text(aliases).join("\n"));
  return dir;
}

const candidatesOf = (kb: InMemoryLookupKB, alias: string) =>
  kb.getAliasCandidates(alias).map(({ entity_, priorProb }) => [entity_, priorProb]);

const adams = { id: "Q42", name: "Douglas Adams", description: "English author", type: "PER", freq: 342 };
const town = { id: "Q7", name: "Douglas", description: "town in Arizona", type: "GPE", freq: 20 };
const exact: KbSourceOptions = { nameAsAlias: false };

test("entities and aliases are read as written", async (context) => {
  const dir = await sourceFolder(
    context,
    [adams, town],
    [{ alias: "Doug", entities: ["Q42", "Q7"], probabilities: [0.75, 0.125] }],
  );
  const kb = await readKbSource(dir, { ...exact, entityVectorLength: 5 });
  assert.deepEqual(kb.getEntityStrings(), ["Q42", "Q7"]);
  assert.deepEqual([kb.name(0), kb.description(1), kb.freq[0]], ["Douglas Adams", "town in Arizona", 342]);
  assert.deepEqual(kb.types, ["PER", "GPE"]);
  assert.deepEqual(candidatesOf(kb, "Doug"), [
    ["Q42", 0.75],
    ["Q7", 0.125],
  ]);
  assert.deepEqual([kb.getSizeAliases(), kb.entityVectorLength], [1, 5]);
});

test("vectors are read; the first says how long all are", async (context) => {
  const vector = [0.5, -2, 3];
  const dir = await sourceFolder(
    context,
    [town, { ...adams, vector }, { id: "Q1", vector: null }, { id: "Q2", vector: [1, 0, 0] }],
    [{ alias: "Doug", entities: ["Q42"], counts: [1] }],
  );
  const kb = await readKbSource(dir);
  assert.equal(kb.entityVectorLength, 3);
  assert.deepEqual([...(kb.vectors as Float32Array)], [[0, 0, 0], vector, [0, 0, 0], [1, 0, 0]].flat());
  assert.deepEqual((await readKbSource(dir, { entityVectorLength: 3 })).vectors, kb.vectors);
  await kb.toDisk(join(dir, "index"));
  assert.deepEqual((await InMemoryLookupKB.fromDisk(join(dir, "index"))).vectors, kb.vectors);
  await assert.rejects(readKbSource(dir, { entityVectorLength: 4 }), { code: "E141", message: /:2: / });
});

test("vectors of different lengths, or of anything but numbers, are refused", async (context) => {
  const aliases = [{ alias: "Doug", entities: ["Q42"], counts: [1] }];
  const refused = async (vector: unknown, expected: { code: string; message: RegExp }): Promise<void> => {
    const dir = await sourceFolder(
      context,
      [
        { ...adams, vector: [1, 2] },
        { ...town, vector },
      ],
      aliases,
    );
    await assert.rejects(readKbSource(dir), expected);
  };
  await refused([1, 2, 3], { code: "E141", message: /entities\.jsonl:2: .*length 3\. Expected 2/ });
  await refused([1, "2"], { code: "L223", message: /:2: "vector" must be a list of numbers/ });
  await refused([1, 1e39], { code: "L203", message: /:2: / });
  await refused("1 2", { code: "L223", message: /"vector"/ });
});

test("counts become shares; spacy-ann-linker's files, without names, are read", async (context) => {
  const dir = await sourceFolder(
    context,
    [
      { id: "a1", description: "Machine learning" },
      { id: "a2", description: null },
    ],
    [
      { alias: "ML", entities: ["a1", "a2"], counts: [3, 1] },
      { alias: "x", entities: [], counts: [] },
    ],
  );
  const kb = await readKbSource(dir);
  assert.deepEqual(candidatesOf(kb, "ML"), [
    ["a1", 0.75],
    ["a2", 0.25],
  ]);
  assert.deepEqual(kb.getAliasStrings(), ["ML", "x"]);
});

test("blank lines, CRLF, a byte order mark and other keys don't matter", async (context) => {
  const line = JSON.stringify({ ...adams, url: "https://example.org" });
  const dir = await sourceFolder(
    context,
    [`\uFEFF${line}\r`, "\r", "  ", ""],
    [{ alias: "D\u2028A", entities: ["Q42"], counts: [1] }],
  );
  const kb = await readKbSource(dir, exact);
  assert.equal(kb.getSizeEntities(), 1);
  assert.equal(kb.containsAlias("D\u2028A"), true);
});

test("progress goes to the end of both files", async (context) => {
  const dir = await sourceFolder(context, [adams], [{ alias: "DA", entities: ["Q42"], counts: [1] }]);
  const seen: string[] = [];
  await readKbSource(dir, {
    onProgress: ({ path, bytes, totalBytes }) => seen.push(`${path} ${bytes === totalBytes}`),
  });
  assert.deepEqual(seen, [`${join(dir, "entities.jsonl")} true`, `${join(dir, "aliases.jsonl")} true`]);
});

describe("names as aliases", () => {
  const namesakes = [adams, town, { id: "Q8", name: "Douglas" }, { id: "Q9", name: "" }];

  test("a name that is no alias becomes one, its entities equally likely", async (context) => {
    const kb = await readKbSource(
      await sourceFolder(context, namesakes, [{ alias: "x", entities: ["Q9"], probabilities: [1] }]),
    );
    assert.deepEqual(candidatesOf(kb, "Douglas"), [
      ["Q7", 0.5],
      ["Q8", 0.5],
    ]);
    assert.deepEqual(candidatesOf(kb, "Douglas Adams"), [["Q42", 1]]);
    assert.deepEqual(kb.getAliasStrings(), ["x", "Douglas Adams", "Douglas"]);
  });

  const share: readonly [string, number[], number[]][] = [
    ["shares what is left", [0.5, 0.25], [0.125, 0.125]],
    ["is no likelier than the least likely candidate", [0.25, 0.0625], [0.0625, 0.0625]],
    ["gets 0 when nothing is left", [0.75, 0.25], [0, 0]],
  ];
  for (const [what, given, gets] of share) {
    test(`an entity that its name's alias lacks ${what}`, async (context) => {
      const alias = { alias: "Douglas", entities: ["Q42", "Q9"], probabilities: given };
      const kb = await readKbSource(await sourceFolder(context, namesakes, [alias]));
      const priors = ["Q42", "Q9", "Q7", "Q8"].map((id) => kb.getPriorProb(id, "Douglas"));
      assert.deepEqual(priors, [...given, ...gets]);
      assert.equal(kb.getAliasCandidates("Douglas").length, 4);
    });
  }

  test("an entity that its name's alias has is left as it is", async (context) => {
    const alias = { alias: "Douglas Adams", entities: ["Q42"], probabilities: [0.25] };
    const kb = await readKbSource(await sourceFolder(context, [adams], [alias]));
    assert.deepEqual(candidatesOf(kb, "Douglas Adams"), [["Q42", 0.25]]);
  });
});

describe("bad sources are refused with file and line", () => {
  const good = { alias: "DA", entities: ["Q42"], probabilities: [1] };
  const of = (fields: object) => [good, { ...good, alias: "x", ...fields }];
  const cases: readonly [
    string,
    { entities?: readonly Line[]; aliases?: readonly Line[] },
    string,
    RegExp,
  ][] = [
    ["broken JSON", { entities: [adams, '{"id": "Q1",'] }, "L222", /entities\.jsonl:2: the line is not JSON/],
    [
      "NaN, which Python writes",
      { aliases: ['{"alias": "x", "probabilities": [NaN]}'] },
      "L222",
      /aliases\.jsonl:1/,
    ],
    [
      "not an object",
      { entities: [adams, "", "[1]"] },
      "L223",
      /entities\.jsonl:3: the line must be a JSON object, found \[1\]/,
    ],
    [
      "no id",
      { entities: [{ name: "x" }] },
      "L223",
      /entities\.jsonl:1: "id" must be a string, found nothing/,
    ],
    ["a number as id", { entities: [{ id: 42 }] }, "L223", /"id" must be a string, found 42/],
    ["an empty id", { entities: [{ id: "" }] }, "L202", /entities\.jsonl:1: /],
    ["NIL as id", { entities: [{ id: "NIL" }] }, "L202", /"NIL"/],
    ["a wrong name", { entities: [{ id: "x", name: 3 }] }, "L223", /"name" must be a string, found 3/],
    ["a wrong freq", { entities: [{ id: "x", freq: "3" }] }, "L223", /"freq" must be a number, found "3"/],
    ["a negative freq", { entities: [{ id: "x", freq: -3 }] }, "L204", /entities\.jsonl:1: .*-3/],
    ["an entity twice", { entities: [adams, town, adams] }, "L224", /entities\.jsonl:3: .*"Q42"/],
    [
      "no alias",
      { aliases: [{ entities: ["Q42"], probabilities: [1] }] },
      "L223",
      /aliases\.jsonl:1: "alias"/,
    ],
    ["an empty alias", { aliases: of({ alias: "" }) }, "E890", /aliases\.jsonl:2: /],
    [
      "no entities",
      { aliases: of({ entities: "Q42" }) },
      "L223",
      /aliases\.jsonl:2: "entities" must be a list of strings/,
    ],
    [
      "no probabilities",
      { aliases: of({ probabilities: undefined }) },
      "L226",
      /aliases\.jsonl:2: .*"counts"/,
    ],
    [
      "a string as probability",
      { aliases: of({ probabilities: ["1"] }) },
      "L223",
      /"probabilities" must be a list of numbers/,
    ],
    [
      "other lengths",
      { aliases: of({ probabilities: [0.5, 0.5] }) },
      "E132",
      /aliases\.jsonl:2: .*1 entities and 2/,
    ],
    [
      "other lengths of counts",
      { aliases: of({ probabilities: undefined, counts: [1, 1] }) },
      "E132",
      /aliases\.jsonl:2/,
    ],
    ["a sum above 1", { aliases: of({ probabilities: [1.1] }) }, "E133", /aliases\.jsonl:2: .*1\.1/],
    ["an unknown entity", { aliases: of({ entities: ["Q1"] }) }, "E134", /aliases\.jsonl:2: .*"Q1"/],
    ["a negative probability", { aliases: of({ probabilities: [-1] }) }, "L205", /aliases\.jsonl:2: .*-1/],
    [
      "an entity twice in an alias",
      { aliases: of({ entities: ["Q42", "Q42"], probabilities: [0.1, 0.1] }) },
      "L206",
      /:2: /,
    ],
    [
      "negative counts",
      { aliases: of({ probabilities: undefined, counts: [-1] }) },
      "L223",
      /:2: "counts" must be numbers of 0 or/,
    ],
    [
      "counts of 0",
      { aliases: of({ probabilities: undefined, counts: [0] }) },
      "L223",
      /not all 0, found \[0\]/,
    ],
    ["no entities at all", { entities: ["", "  "] }, "L225", /entities\.jsonl is empty/],
    ["no aliases at all", { aliases: [] }, "L225", /aliases\.jsonl is empty/],
  ];
  for (const [what, { entities = [adams], aliases = [good] }, code, message] of cases) {
    test(what, async (context) => {
      await assert.rejects(readKbSource(await sourceFolder(context, entities, aliases)), { code, message });
    });
  }

  test("a byte that is not UTF-8", async (context) => {
    const dir = await sourceFolder(context, [adams], [good]);
    await writeFile(join(dir, "aliases.jsonl"), Buffer.from(`${JSON.stringify(good)}\n"\xff"`, "latin1"));
    await assert.rejects(readKbSource(dir), { code: "L107", message: /aliases\.jsonl:2/ });
  });

  test("a missing file, a missing folder", async (context) => {
    const dir = await temporaryFolder(context);
    await assert.rejects(readKbSource(dir), { code: "L221", message: /entities\.jsonl/ });
    await assert.rejects(readKbSource(join(dir, "nothing")), { code: "L221" });
    await mkdir(join(dir, "entities.jsonl"));
    await assert.rejects(readKbSource(dir), { code: "L221", message: /it is a folder/ });
  });

  const unreadable = "/proc/self/mem"; // opens, and fails when it is read: also for root, whom no permission stops
  test("a file that fails when it is read", { skip: !existsSync(unreadable) }, async (context) => {
    const dir = await temporaryFolder(context);
    await symlink(unreadable, join(dir, "entities.jsonl"));
    await assert.rejects(readKbSource(dir), { code: "L221", message: /entities\.jsonl: EIO/ });
  });

  test("an alias twice is only warned of, with file and line", async (context) => {
    const warnings: string[] = [];
    const dir = await sourceFolder(context, [adams], [good, { ...good, probabilities: [0.5] }]);
    const kb = await readKbSource(dir, {
      onWarning: ({ code, message }) => warnings.push(`${code} ${message}`),
    });
    assert.equal(warnings.length, 1);
    assert.match(warnings[0] ?? "", /^W017 .*aliases\.jsonl:2: .*"DA"/);
    kb.addEntity("Q42");
    assert.match(warnings[1] ?? "", /^W018 The entity "Q42"/);
    assert.equal(kb.getPriorProb("Q42", "DA"), 1);
  });
});
