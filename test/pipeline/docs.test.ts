/** The TypeScript of docs/raw-text.md, top to bottom as one program: it compiles, runs, and gives what its comments say. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, test } from "node:test";
import { suiteFolder, tinyKb } from "../fixtures.js";
import { compile, programOf } from "../page-program.js";

const folder = suiteFolder();
before(() => tinyKb().toDisk(join(folder, "my-kb")));

test("docs/raw-text.md", () => {
  writeFileSync(join(folder, "page.mts"), programOf("raw-text.md", folder));
  assert.deepEqual(compile(join(folder, "page.mts"), folder), []);
  const printed = execFileSync(process.execPath, ["page.mjs"], { cwd: folder, encoding: "utf8" });
  assert.match(printed, /^Tim Cook -> https:\/\/en\.wikipedia\.org\/wiki\/Tim_Cook\n/);
  assert.match(readFileSync(join(folder, "links.html"), "utf8"), /Apple Inc\./);
});
