/**
 * Imports in src/ point one way:
 * errors <- text <- {formats, kb} <- {mentions, mediawiki, tensor} <- model <- linker <- {scoring, client, pairs} <- plugins
 * <- training <- component <- pipeline <- server <- cli.
 */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { describe, it } from "node:test";
import ts from "typescript";

/** A layer imports from itself and from the layers before it; layers of one row don't know each other. */
const layers: readonly (readonly string[])[] = [
  ["errors.ts", "version.ts"],
  ["known-options.ts", "lru.ts", "number-options.ts", "retry.ts", "thread-error.ts"],
  ["text"],
  ["formats", "kb"],
  ["mentions", "mediawiki", "tensor"],
  ["model"],
  ["linker"],
  ["scoring", "client", "pairs"],
  ["plugins"],
  ["training"],
  ["component"],
  ["pipeline"],
  ["server"],
  ["cli"],
];

/** The public entries may import anything, and nothing imports them. */
const entries: readonly string[] = ["index.ts", "browser.ts", "mediawiki.ts"];

interface SourceFile {
  /** Relative to src, with slashes. */
  readonly path: string;
  readonly imports: readonly string[];
}

/** What is wrong with the imports of these files, a line an arrow. */
function wrongArrows(files: readonly SourceFile[]): string[] {
  const rankOf = (part: string) => layers.findIndex((row) => row.includes(part));
  return files.flatMap(({ path, imports }) => {
    const from = path.split("/")[0] as string;
    if (entries.includes(path)) return [];
    if (rankOf(from) < 0) return [`src/${path}: no layer has the name ${from}; give it a place in this test`];
    return imports.flatMap((target) => {
      const to = target.split("/")[0] as string;
      const allowed = to === from || (rankOf(to) >= 0 && rankOf(to) < rankOf(from));
      return allowed ? [] : [`src/${path} imports src/${target}: ${from} may not import from ${to}`];
    });
  });
}

function readSources(root: string): SourceFile[] {
  return readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".ts"))
    .map((path) => {
      const file = join(root, path);
      const { importedFiles } = ts.preProcessFile(readFileSync(file, "utf8"), true, true);
      const imports = importedFiles
        .filter(({ fileName }) => fileName.startsWith("."))
        .map(({ fileName }) => relative(root, join(dirname(file), fileName.replace(/\.js$/, ".ts"))));
      return { path: path.replaceAll("\\", "/"), imports: imports.map((name) => name.replaceAll("\\", "/")) };
    });
}

/** Modules outside the project that a compiled file pulls in, followed through its relative imports. */
function externalImports(file: string, seen = new Set<string>()): Map<string, string> {
  const found = new Map<string, string>();
  if (seen.has(file)) return found;
  seen.add(file);
  for (const { fileName } of ts.preProcessFile(readFileSync(file, "utf8"), true, true).importedFiles) {
    if (!fileName.startsWith(".")) found.set(fileName, file);
    else for (const [name, by] of externalImports(join(dirname(file), fileName), seen)) found.set(name, by);
  }
  return found;
}

describe("architecture", () => {
  it("imports point one way, and every folder has a place", () => {
    const sources = readSources("src");
    assert.ok(
      sources.some(({ imports }) => imports.length > 0),
      "there is something to check",
    );
    assert.deepEqual(wrongArrows(sources), []);
  });

  it("finds arrows that point back, siblings that know each other, unknown folders and imports of entries", () => {
    const wrong = wrongArrows([
      { path: "text/doc.ts", imports: ["errors.ts", "text/tokenizer.ts", "kb/knowledge-base.ts"] },
      { path: "formats/doc-jsonl.ts", imports: ["kb/candidate.ts", "text/doc.ts"] },
      { path: "utils/misc.ts", imports: [] },
      { path: "cli/main.ts", imports: ["index.ts", "server/app.ts"] },
      { path: "index.ts", imports: ["cli/main.ts"] },
    ]);
    assert.deepEqual(wrong, [
      "src/text/doc.ts imports src/kb/knowledge-base.ts: text may not import from kb",
      "src/formats/doc-jsonl.ts imports src/kb/candidate.ts: formats may not import from kb",
      "src/utils/misc.ts: no layer has the name utils; give it a place in this test",
      "src/cli/main.ts imports src/index.ts: cli may not import from index.ts",
    ]);
  });

  it("a client runs in browsers too: it reaches no module of Node, nor any other", () => {
    assert.deepEqual([...externalImports("dist/src/client/remote-linker.js")], []);
  });

  it("candidates of a wiki come in browsers too: they reach no module of Node, nor any other", () => {
    assert.deepEqual([...externalImports("dist/src/mediawiki.js")], []);
  });

  const browser = "dist/src/browser.js";
  it("the browser's part reaches no module of Node", {
    skip: !existsSync(browser) && "no src/browser.ts",
  }, () => {
    const builtin = [...externalImports(browser)].filter(([name]) => name.startsWith("node:"));
    assert.deepEqual(builtin, []);
  });
});
