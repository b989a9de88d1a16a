/** The TypeScript of docs/spacy.md, top to bottom as one program: it compiles, runs, and gives what its comments say. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import ts from "typescript";
import { suiteFolder } from "./fixtures.js";
import { goldenPath } from "./golden.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(join(root, "docs/spacy.md"), "utf8");
const folder = suiteFolder();

/** The page's program; `value; // => result` becomes an assertion. */
function programOf(markdown: string): string {
  const blocks = Array.from(markdown.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code as string);
  assert.ok(blocks.length >= 6);
  const code = blocks.join("").replaceAll(/^(.+); \/\/ => (.+)$/gm, "assert.deepEqual($1, $2);");
  const index = relative(folder, join(root, "dist/src/index.js"));
  return `import assert from "node:assert/strict";\n${code.replaceAll('"linkwright"', JSON.stringify(index))}`;
}

function compile(file: string): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const typeRoots = [join(root, "node_modules/@types")];
  const program = ts.createProgram([file], { ...options, rootDir: folder, outDir: folder, typeRoots });
  program.emit();
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => {
    return ts.flattenDiagnosticMessageText(messageText, "\n");
  });
}

test("docs/spacy.md", () => {
  writeFileSync(join(folder, "page.mts"), programOf(page));
  assert.deepEqual(compile(join(folder, "page.mts")), []);
  copyFileSync(goldenPath("docs.spacy"), join(folder, "corpus.spacy"));
  const printed = execFileSync(process.execPath, ["page.mjs"], { cwd: folder, encoding: "utf8" });
  assert.match(printed, /^Q11806\nAda Lovelace met Bob\.\n/);
});
