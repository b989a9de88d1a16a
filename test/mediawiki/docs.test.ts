/** The programs of docs/wikipedia.md run as they stand, but for the wiki that they ask. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { temporaryFolder } from "../kb/small-kb.js";
import { tinyWiki } from "./tiny-wiki.js";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const page = readFileSync(join(root, "docs/wikipedia.md"), "utf8");
const wiki = await tinyWiki();

test("docs/wikipedia.md", async (context) => {
  const cwd = await temporaryFolder(context);
  const programs = Array.from(page.matchAll(/^```js\n(.*?)^```$/gms), ([, code]) => code as string);
  assert.equal(programs.length, 2);
  const run = async (code: string): Promise<string> => {
    const index = pathToFileURL(join(root, "dist/src/index.js")).href;
    const program = code
      .replace('"linkwright"', JSON.stringify(index))
      .replace('language: "en"', `api: "${wiki.api}"`);
    writeFileSync(join(cwd, "page.mjs"), program);
    return (await promisify(execFile)(process.execPath, ["page.mjs"], { cwd })).stdout;
  };
  const [use = "", offline = ""] = programs;
  assert.match(await run(use), /^Q312 Apple Inc\. http\S+ Apple Inc\. is an American technology company\./);
  assert.equal(
    wiki.asked[0]?.headers["user-agent"],
    "my-tool/1.0 (https://example.org/my-tool; me@example.org)",
  );
  const asked = wiki.asked.length;
  await assert.rejects(run(offline), /\[L808\] No candidates for \\?"Somebody else\\?"/);
  assert.equal(wiki.asked.length, asked);
});
