import assert from "node:assert/strict";
import { isUtf8 } from "node:buffer";
import { cp, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { before, describe, test } from "node:test";
import fc from "fast-check";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { loadKb } from "../../src/kb/kb-load.js";
import { parseMeta } from "../../src/kb/kb-meta.js";
import { readKbSource } from "../../src/kb/source.js";
import { readSpacyKb } from "../../src/kb/spacy-kb.js";
import { damaged, damagedJsons } from "../arbitraries.js";
import { suiteFolder } from "../fixtures.js";
import { goldenPath } from "../golden.js";
import { assertRefused, readOrRefused } from "../refusals.js";
import { assertSound, kbOf, manyCandidates, rowsOf } from "./arbitrary-kb.js";
import { contentOf, smallKb } from "./small-kb.js";

const folder = suiteFolder();

describe("a damaged knowledge base folder", () => {
  const [dir, other] = [join(folder, "kb"), join(folder, "other")];
  const files = new Map<string, Uint8Array>();
  before(async () => {
    await smallKb().kb.toDisk(dir);
    await kbOf(manyCandidates()).toDisk(other);
    for (const name of await readdir(dir)) files.set(name, new Uint8Array(await readFile(join(dir, name))));
  });

  const load = async (changed: ReadonlyMap<string, Uint8Array>): Promise<InMemoryLookupKB> => {
    const { parts } = await loadKb(async (name) => changed.get(name), "memory");
    return new InMemoryLookupKB().fromParts(parts);
  };

  test("with other bytes in any file is refused, or the same where only meta.json's layout changed", async () => {
    const whole = contentOf(smallKb().kb);
    const change = fc
      .nat(files.size - 1)
      .map((i) => [...files.keys()][i] as string)
      .chain((name) => damaged(files.get(name) as Uint8Array).map((bytes) => [name, bytes] as const));
    await fc.assert(
      fc.asyncProperty(change, async ([name, bytes]) => {
        const kb = await readOrRefused(() => load(new Map(files).set(name, bytes)), /memory/);
        assert.ok(kb === undefined || name === "meta.json", name);
        if (kb) assert.deepEqual(contentOf(kb), whole);
      }),
      { numRuns: 600 },
    );
  });

  test("with a bit of each byte of meta.json flipped is refused, or says the same", async () => {
    const bytes = files.get("meta.json") as Uint8Array;
    const meta = await parseMeta(bytes, "memory");
    for (let at = 0; at < bytes.length; at++) {
      const flipped = bytes.slice();
      flipped[at] = (bytes[at] as number) ^ (1 << (at % 8));
      const read = await readOrRefused(() => parseMeta(flipped, "memory"), /memory/);
      if (read) assert.deepEqual(read, meta, `byte ${at}`);
    }
  });

  test("with a 0 of meta.json made -0 says 0: what was hashed is what counts", async () => {
    await new InMemoryLookupKB({ entityVectorLength: 0 }).toDisk(join(folder, "empty"));
    const text = await readFile(join(folder, "empty", "meta.json"), "utf8");
    const minus = text.replaceAll(": 0", ":-0");
    assert.notEqual(minus, text);
    const bytesOf = (content: string): Uint8Array => new TextEncoder().encode(content);
    assert.deepEqual(await parseMeta(bytesOf(minus), "x"), await parseMeta(bytesOf(text), "x"));
  });

  test("with a file left out, in another's place, of another knowledge base, or a folder is refused", async () => {
    const copy = join(folder, "copy");
    const refusedAfter = async (what: string, change: () => Promise<unknown>): Promise<void> => {
      await cp(dir, copy, { recursive: true });
      await change();
      await assertRefused(() => InMemoryLookupKB.fromDisk(copy), /copy/, what);
      await rm(copy, { recursive: true });
    };
    const names = [...files.keys()];
    for (const name of names) {
      const path = join(copy, name);
      await refusedAfter(`${name} left out`, () => rm(path));
      await refusedAfter(`${name} empty`, () => writeFile(path, ""));
      await refusedAfter(`${name} of another`, () => cp(join(other, name), path));
      await refusedAfter(`${name} a folder`, () => rm(path).then(() => mkdir(path)));
      for (const second of names.filter((candidate) => candidate > name)) {
        await refusedAfter(`${name} and ${second} exchanged`, async () => {
          await rename(path, `${path}.x`);
          await rename(join(copy, second), path);
          await rename(`${path}.x`, join(copy, second));
        });
      }
    }
    await refusedAfter("all but meta.json of another", async () => {
      for (const name of names.filter((own) => own !== "meta.json"))
        await cp(join(other, name), join(copy, name));
    });
  });
});

test("damaged bytes of a knowledge base are refused", async () => {
  const bytes = await smallKb().kb.toBytes();
  await fc.assert(
    fc.asyncProperty(damaged(bytes), (other) =>
      assertRefused(() => InMemoryLookupKB.fromBytes(other), /bytes/),
    ),
    { numRuns: 400 },
  );
});

describe("a damaged source", () => {
  const PLACE = /(entities|aliases)\.jsonl(:\d+| is empty)/;
  const SOURCE = {
    "entities.jsonl": [
      { id: "Q1", name: "Paris", description: "🍎\r\n", type: "GPE", freq: 2.5 },
      { id: "Q2", description: null },
    ],
    "aliases.jsonl": [
      { alias: "Paris", entities: ["Q1", "Q2"], probabilities: [0.5, 0.25] },
      { alias: "P", entities: ["Q2"], counts: [3] },
      { alias: "none", entities: [], counts: [] },
    ],
  };
  const dir = join(folder, "source");
  const linesOf = (rows: readonly unknown[]): string =>
    rows.map((row) => `${JSON.stringify(row)}\n`).join("");
  const reset = async (): Promise<void> => {
    await mkdir(dir, { recursive: true });
    for (const [name, rows] of Object.entries(SOURCE)) await writeFile(join(dir, name), linesOf(rows));
  };
  const assertRefusedOrSound = async (name: string, content: Uint8Array | string): Promise<boolean> => {
    await writeFile(join(dir, name), content);
    const kb = await readOrRefused(() => readKbSource(dir), PLACE);
    if (kb) assertSound(kb);
    assert.ok(kb === undefined || isUtf8(Buffer.from(content)));
    return kb === undefined;
  };

  for (const [name, rows] of Object.entries(SOURCE)) {
    const lines = Buffer.from(linesOf(rows));

    test(`${name}: cut inside of a line it is refused`, async () => {
      await reset();
      for (let length = 0; length < lines.length; length++) {
        const isWhole = length > 0 && [lines[length], lines[length - 1]].includes(10);
        // A line that an alias needs may be missing, too.
        const isRefused = await assertRefusedOrSound(name, lines.subarray(0, length));
        assert.ok(isRefused || isWhole, `cut to ${length}`);
      }
    });

    test(`${name}: with bytes altered it is refused with file and line, or makes a sound knowledge base`, async () => {
      await reset();
      let refused = 0;
      await fc.assert(
        fc.asyncProperty(damaged(lines), async (bytes) => {
          refused += Number(await assertRefusedOrSound(name, bytes));
        }),
        { numRuns: 300 },
      );
      assert.ok(refused > 150, `${refused} refused`);
    });

    test(`${name}: with another value anywhere it is refused with file and line, or sound`, async () => {
      await reset();
      const outcomes = [];
      for (const row of rows) {
        const rest = linesOf(rows.filter((one) => one !== row));
        for (const json of damagedJsons(row))
          outcomes.push(await assertRefusedOrSound(name, `${json}\n${rest}`));
      }
      assert.ok(outcomes.filter((isRefused) => isRefused).length > outcomes.length / 3);
    });

    test(`${name}: nested beyond what can be shown in a message it is refused`, async () => {
      await reset();
      const deep = "[".repeat(50_000) + "]".repeat(50_000);
      for (const line of [deep, `{"id": ${deep}, "alias": ${deep}}`])
        assert.equal(await assertRefusedOrSound(name, line), true);
    });
  }
});

describe("a damaged knowledge base of spaCy", () => {
  const golden = goldenPath("spacy-kb");
  const dir = join(folder, "spacy");
  const read = () => readOrRefused(() => readSpacyKb(dir), /spacy/);
  before(() => cp(golden, dir, { recursive: true }));

  test("contents with other bytes are refused, or make a sound knowledge base", async () => {
    const bytes = await readFile(join(golden, "contents"));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damaged(bytes), async (other) => {
        await writeFile(join(dir, "contents"), other);
        const kb = await read();
        if (kb) assertSound(kb);
        else refused++;
      }),
      { numRuns: 400 },
    );
    assert.ok(refused > 230, `${refused} refused`);
    await writeFile(join(dir, "contents"), bytes);
  });

  test("strings with other bytes are refused, or make the same knowledge base", async () => {
    const whole = rowsOf(await readSpacyKb(golden));
    const strings = await readFile(join(golden, "strings.json"));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(damaged(strings), async (other) => {
        await writeFile(join(dir, "strings.json"), other);
        const kb = await read();
        if (kb) assert.deepEqual(rowsOf(kb), whole);
        else refused++;
      }),
      { numRuns: 200 },
    );
    assert.ok(refused > 130, `${refused} refused`);
  });
});
