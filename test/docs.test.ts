/** The TypeScript of docs/spacy.md, top to bottom as one program: it compiles, runs, and gives what its comments say. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { suiteFolder } from "./fixtures.js";
import { goldenPath } from "./golden.js";
import { compile, programOf } from "./page-program.js";

const folder = suiteFolder();

test("docs/spacy.md", () => {
  writeFileSync(join(folder, "page.mts"), programOf("spacy.md", folder));
  assert.deepEqual(compile(join(folder, "page.mts"), folder), []);
  copyFileSync(goldenPath("docs.spacy"), join(folder, "corpus.spacy"));
  const printed = execFileSync(process.execPath, ["page.mjs"], { cwd: folder, encoding: "utf8" });
  assert.match(printed, /^Q11806\nAda Lovelace met Bob\.\n/);
});
