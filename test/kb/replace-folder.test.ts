import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { replaceFolder } from "../../src/kb/replace-folder.js";
import { temporaryFolder } from "./small-kb.js";

const MODULE = pathToFileURL(join(import.meta.dirname, "../../src/kb/replace-folder.js")).href;

/** Replaces `dir` in a process that is killed once it has written a file. */
function killedWhileWriting(dir: string): void {
  const script = `
    import { replaceFolder } from ${JSON.stringify(MODULE)};
    const files = new Map([["a", "half"], ["b", "half"]]);
    files[Symbol.iterator] = function* () { yield ["a", "half"]; process.kill(process.pid, "SIGKILL"); yield ["b", "half"]; };
    await replaceFolder(${JSON.stringify(dir)}, files);`;
  const { signal } = spawnSync(process.execPath, ["--input-type=module", "-e", script]);
  assert.equal(signal, "SIGKILL");
}

test("what a killed process left is cleared away by the next, and the folder was as before until then", async (context) => {
  const parent = await temporaryFolder(context);
  const dir = join(parent, "kb");
  await replaceFolder(dir, new Map([["a", "first"]]));
  killedWhileWriting(dir);
  assert.equal(await readFile(join(dir, "a"), "utf8"), "first");
  const litter = (await readdir(parent)).filter((name) => name !== "kb");
  assert.equal(litter.length, 1);
  await replaceFolder(dir, new Map([["a", "second"]]));
  assert.equal(await readFile(join(dir, "a"), "utf8"), "second");
  assert.deepEqual(await readdir(parent), ["kb"]);

  killedWhileWriting(dir);
  const [fresh = ""] = (await readdir(parent)).filter((name) => name !== "kb");
  await rename(dir, join(parent, `${fresh}.old`)); // as if it had been killed between its two renames
  await replaceFolder(dir, new Map([["a", "third"]]));
  assert.deepEqual(await readdir(parent), ["kb"]);
  assert.equal(await readFile(join(dir, "a"), "utf8"), "third");
});

test("what others write, or files of like names, stay", async (context) => {
  const parent = await temporaryFolder(context);
  const dir = join(parent, "kb");
  const others = [`kb.0badcafe-${process.pid}-00000000.tmp`, "kb.1.tmp", "kb2.tmp"];
  for (const name of others) await mkdir(join(parent, name));
  await writeFile(join(parent, others[0] as string, "a"), "half");
  await replaceFolder(dir, new Map([["a", "whole"]]));
  for (const name of others) assert.ok(existsSync(join(parent, name)), name);
});
