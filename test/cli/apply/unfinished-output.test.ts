import assert from "node:assert/strict";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import fc from "fast-check";
import type { Batch } from "../../../src/cli/apply/batches.js";
import { UnfinishedOutput } from "../../../src/cli/apply/unfinished-output.js";
import { inBatches } from "../../../src/text/batches.js";
import "../../arbitraries.js"; // fixes the seed
import { suiteFolder } from "../../fixtures.js";

const folder = suiteFolder();
const IDENTITY = { journal: 1, model: "a", candidates: false };
const DOCUMENTS = Array.from({ length: 20 }, (_, i) => `{"text": "Zürich ${"x".repeat(i % 7)} ${i}"}`);
const linesOf = (batch: Batch): string => batch.map(({ content }) => `${content}!\n`).join("");
const WHOLE = DOCUMENTS.map((line) => `${line}!\n`).join("");

function batchesOf(documents: readonly string[]): AsyncGenerator<Batch> {
  const raw = documents.map((content, i) => ({ file: "in.jsonl", line: i + 1, content }));
  return inBatches(raw, { batchSize: 3 });
}

interface RunOptions {
  readonly documents?: readonly string[];
  /** Batches after which it ends. @default all */
  readonly stopAfter?: number;
  readonly resume?: boolean;
  readonly identity?: typeof IDENTITY;
}

/** Writes, as far as it gets. @returns how many batches it wrote */
async function run(path: string, options: RunOptions = {}): Promise<number> {
  const { documents = DOCUMENTS, stopAfter = Number.POSITIVE_INFINITY, resume = false } = options;
  const begin = resume ? UnfinishedOutput.goOn : UnfinishedOutput.begin;
  const output = await begin({ path, target: path }, options.identity ?? IDENTITY);
  let written = 0;
  try {
    for await (const batch of output.remaining(batchesOf(documents), () => {})) {
      if (written === stopAfter) throw new Error("stopped");
      await output.write(batch, linesOf(batch));
      written++;
    }
    await output.finish();
  } catch (error) {
    await output.leave();
    if ((error as Error).message !== "stopped") throw error;
  }
  return written;
}

/** A path in a folder of its own, after a run that was stopped. */
async function stopped(stopAfter: number): Promise<{ path: string; partial: string; journal: string }> {
  const path = join(mkdtempSync(join(folder, "run-")), "out.jsonl");
  await run(path, { stopAfter });
  return { path, partial: `${path}.partial`, journal: `${path}.partial-journal` };
}

const filesBeside = (path: string): string[] => readdirSync(join(path, ".."));

describe("UnfinishedOutput", () => {
  it("gives the file its name when it is complete, and leaves nothing beside it", async () => {
    const path = join(mkdtempSync(join(folder, "run-")), "out.jsonl");
    writeFileSync(path, "before");
    await run(path, { stopAfter: 2 });
    assert.equal(readFileSync(path, "utf8"), "before");
    assert.equal(await run(path), 7);
    assert.equal(readFileSync(path, "utf8"), WHOLE);
    assert.deepEqual(filesBeside(path), ["out.jsonl"]);
  });

  it("leaves nothing where nothing was written", async () => {
    const { path } = await stopped(0);
    assert.deepEqual(filesBeside(path), []);
  });

  it("goes on where it was stopped: what is written stays, and is not made again", async () => {
    const { path, partial } = await stopped(4);
    const before = readFileSync(partial, "utf8");
    assert.equal(await run(path, { resume: true, stopAfter: 2 }), 2);
    assert.ok(readFileSync(partial, "utf8").startsWith(before));
    assert.equal(await run(path, { resume: true }), 1);
    assert.equal(readFileSync(path, "utf8"), WHOLE);
    assert.deepEqual(filesBeside(path), ["out.jsonl"]);
  });

  it("survives the loss of the end of both its files, at any byte", async () => {
    const share = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
    const rubbish = fc.constantFrom("", "\0\0\0", '{"text": "Zü', "\n", "{}\n");
    await fc.assert(
      fc.asyncProperty(
        fc.nat(5),
        share,
        share,
        rubbish,
        rubbish,
        async (stopAfter, cutOutput, cutJournal, a, b) => {
          const { path, partial, journal } = await stopped(stopAfter + 1);
          const bytes = readFileSync(partial).length;
          const kept = Math.floor(bytes * cutOutput);
          const begin = readFileSync(journal).indexOf(0x0a) + 1; // it stands there before the partial file does
          const rest = readFileSync(journal).length - begin;
          truncateSync(partial, kept);
          truncateSync(journal, begin + Math.floor(rest * cutJournal));
          writeFileSync(partial, a, { flag: "a" });
          writeFileSync(journal, b, { flag: "a" });
          const written = await run(path, { resume: true });
          assert.equal(readFileSync(path, "utf8"), WHOLE);
          assert.deepEqual(filesBeside(path), ["out.jsonl"]);
          if (cutOutput === 1 && cutJournal === 1) assert.equal(written, 7 - (stopAfter + 1));
        },
      ),
      { numRuns: 150 },
    );
  });

  it("begins where a run was killed before it had written anything", async () => {
    const { path, journal, partial } = await stopped(1);
    truncateSync(journal, 5);
    truncateSync(partial, 0);
    assert.equal(await run(path, { resume: true }), 7);
    assert.equal(readFileSync(path, "utf8"), WHOLE);
    rmSync(path);
    writeFileSync(journal, '{"jour'); // killed before there was a partial file
    assert.equal(await run(path, { resume: true }), 7);
    assert.deepEqual(filesBeside(path), ["out.jsonl"]);
  });

  it("what was altered in the output is made anew from there", async () => {
    const { path, partial } = await stopped(5);
    const bytes = readFileSync(partial);
    bytes[100] = 0x21;
    writeFileSync(partial, bytes);
    await run(path, { resume: true });
    assert.equal(readFileSync(path, "utf8"), WHOLE);
  });

  it("refuses another run, other documents and a damaged journal, and leaves what is there", async () => {
    const { path, partial, journal } = await stopped(2);
    const written = [readFileSync(partial, "utf8"), readFileSync(journal, "utf8")];
    const refused = (options: RunOptions, code: string, message: RegExp): Promise<void> =>
      assert.rejects(run(path, { resume: true, ...options }), { code, message });
    await refused({ identity: { ...IDENTITY, model: "b" } }, "L854", /its model was a, now it is b/);
    await refused({ identity: { ...IDENTITY, candidates: true } }, "L854", /its candidates was false/);
    await refused({ documents: ["{}", ...DOCUMENTS] }, "L855", /see in\.jsonl:1 to in\.jsonl:3/);
    await refused({ documents: DOCUMENTS.with(5, "{}") }, "L855", /see in\.jsonl:4 to in\.jsonl:6/);
    await refused({ documents: DOCUMENTS.slice(0, 3) }, "L855", /they end after 3 of 6/);
    await refused({ documents: [] }, "L855", /they end after 0 of 6/);
    assert.deepEqual([readFileSync(partial, "utf8"), readFileSync(journal, "utf8")], written);
    writeFileSync(journal, "{");
    await refused({}, "L856", /partial-journal is damaged/);
    rmSync(journal);
    await refused({}, "L856", /partial-journal is missing/);
    assert.equal(readFileSync(partial, "utf8"), written[0]);
  });

  it("goes on when documents that were not linked yet are others now", async () => {
    const { path } = await stopped(2);
    const documents = [...DOCUMENTS.slice(0, 6), "corrected", "new"];
    assert.equal(await run(path, { resume: true, documents }), 1);
    assert.equal(readFileSync(path, "utf8"), documents.map((line) => `${line}!\n`).join(""));
  });

  it("does not put another run's half-written file in its place", async () => {
    const path = join(mkdtempSync(join(folder, "run-")), "out.jsonl");
    const first = await UnfinishedOutput.begin({ path, target: path }, IDENTITY);
    await first.write([{ file: "in.jsonl", line: 1, content: "one" }], "one\n");
    await run(path, { stopAfter: 1 });
    await assert.rejects(first.finish(), { code: "L858", message: /out\.jsonl\.partial was replaced/ });
    await first.leave();
    assert.ok(!existsSync(path));
    await run(path, { resume: true });
    assert.equal(readFileSync(path, "utf8"), WHOLE);
  });

  it("tells that it can't be written", async () => {
    const path = join(folder, "none", "out.jsonl");
    await assert.rejects(run(path), { code: "L108", message: /Can't write .*out\.jsonl: / });
  });
});
