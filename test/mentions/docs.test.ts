/** The program of docs/mentions.md runs and gives what its comments say. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { checkConfig } from "../../src/linker/config.js";
import { suiteFolder } from "../fixtures.js";

const page = fileURLToPath(new URL("../../../docs/mentions.md", import.meta.url));
const folder = suiteFolder();

test("docs/mentions.md", { skip: !existsSync(page) && "there is no docs/mentions.md" }, () => {
  const block = (language: string): string => {
    const [, code] = new RegExp(`\`\`\`${language}\\n([^]*?)\`\`\``).exec(readFileSync(page, "utf8")) ?? [];
    return code ?? assert.fail(`a block of ${language}`);
  };
  const { mentions } = parse(block("toml"));
  const paths = { kb: "kb", train: "t", dev: "d" };
  assert.deepEqual(checkConfig({ paths, mentions }, page), checkConfig({ paths }, page));
  const code = block("ts").replaceAll(/^(.+); \/\/ => (.+)$/gm, "assert.deepEqual($1, $2);");
  assert.match(code, /assert\.deepEqual/);
  const index = new URL("../../src/index.js", import.meta.url).href;
  const program = `import assert from "node:assert/strict";\n${code.replace('"linkwright"', JSON.stringify(index))}`;
  writeFileSync(join(folder, "page.mjs"), program);
  execFileSync(process.execPath, ["page.mjs"], { cwd: folder });
});
