/** The TypeScript of a page of docs, top to bottom as one program. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** The program of a page; `value; // => result` becomes an assertion. */
export function programOf(page: string, folder: string): string {
  const markdown = readFileSync(join(root, "docs", page), "utf8");
  const blocks = Array.from(markdown.matchAll(/^```ts\n(.*?)^```$/gms), ([, code]) => code as string);
  assert.ok(blocks.length >= 6);
  const code = blocks.join("").replaceAll(/^(.+); \/\/ => (.+)$/gm, "assert.deepEqual($1, $2);");
  const index = relative(folder, join(root, "dist/src/index.js"));
  return `import assert from "node:assert/strict";\n${code.replaceAll('"linkwright"', JSON.stringify(index))}`;
}

/** Compiles a program beside itself. Gives what is wrong with it. */
export function compile(file: string, folder: string): string[] {
  const { config } = ts.readConfigFile(join(root, "tsconfig.json"), ts.sys.readFile);
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root);
  const typeRoots = [join(root, "node_modules/@types")];
  const program = ts.createProgram([file], { ...options, rootDir: folder, outDir: folder, typeRoots });
  program.emit();
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => {
    return ts.flattenDiagnosticMessageText(messageText, "\n");
  });
}
