/** What README points to is there for who has the package alone. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("../..", import.meta.url));
const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { files: string[] };

/** Targets of a page's links that are no addresses, from the package's root. */
function linkedFiles(page: string): string[] {
  const text = readFileSync(join(root, page), "utf8");
  const targets = Array.from(text.matchAll(/\]\(([^)#\s]+)[^)]*\)/g), ([, target]) => target as string);
  return targets.filter((target) => !/^\w+:/.test(target)).map((target) => join(dirname(page), target));
}

test("README's links lead to files of the package", () => {
  const linked = linkedFiles("README.md");
  assert.ok(linked.includes("docs/raw-text.md"), String(linked));
  for (const target of linked) {
    assert.ok(existsSync(join(root, target)), `${target} is not there`);
    assert.ok(
      files.some((name) => target === name || target.startsWith(`${name}/`)),
      `${target} is not among package.json's files`,
    );
  }
});
