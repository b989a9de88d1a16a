import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

interface SwiftShader {
  whyNoSwiftShader(): string | undefined;
  withSwiftShader(environment: Record<string, string>): Record<string, string>;
  unpackSwiftShader(archive: string, folder: string): void;
}

const root = fileURLToPath(new URL("../../..", import.meta.url));
const moduleUrl = new URL("../../../scripts/swiftshader-environment.mjs", import.meta.url).href;
const { unpackSwiftShader, whyNoSwiftShader, withSwiftShader } = (await import(moduleUrl)) as SwiftShader;
const archive = join(root, "node_modules/@sparticuz/chromium/bin/swiftshader.tar.br");
const files = ["libvk_swiftshader.so", "libvulkan.so.1", "vk_swiftshader_icd.json"];
const skip = whyNoSwiftShader() ?? false;

describe("SwiftShader from npm", { skip }, () => {
  it("makes WebGPU run in every test, or else a GPU does", async () => {
    const { create } = await import("webgpu");
    const adapter = await create([]).requestAdapter();
    assert.ok(adapter, "no GPU and no SwiftShader: start tests by node scripts/run-tests.mjs");
    assert.notEqual(adapter.info.description, "");
  });

  it("stands behind the libraries and beside the drivers that the environment names", () => {
    const { LD_LIBRARY_PATH, VK_ADD_DRIVER_FILES, ...others } = withSwiftShader({
      LD_LIBRARY_PATH: "/of/others",
      VK_DRIVER_FILES: "/theirs.json",
    });
    assert.match(String(LD_LIBRARY_PATH), /^\/of\/others:\/.*\/swiftshader-[\d.]+$/);
    assert.match(String(VK_ADD_DRIVER_FILES), /^\/.*\/swiftshader-[\d.]+\/vk_swiftshader_icd\.json$/);
    assert.deepEqual(others, { VK_DRIVER_FILES: "/theirs.json" });
  });

  it("goes to the command that scripts/swiftshader.mjs runs, whose exit status it hands back", () => {
    const command = "process.exit(process.env.VK_ADD_DRIVER_FILES ? 7 : 1)";
    const { status } = spawnSync(
      process.execPath,
      ["scripts/swiftshader.mjs", process.execPath, "-e", command],
      {
        cwd: root,
        env: {},
      },
    );
    assert.equal(status, 7);
  });
});

describe("unpackSwiftShader", { skip }, () => {
  let cache: string;
  before(() => {
    cache = mkdtempSync(join(tmpdir(), "swiftshader-"));
  });
  after(() => rmSync(cache, { recursive: true }));

  it("leaves a folder that is there as it is", () => {
    const folder = join(cache, "there");
    mkdirSync(folder);
    unpackSwiftShader("no such archive", folder);
    assert.deepEqual(readdirSync(folder), []);
  });

  it("by several processes at once is done, and leaves nothing else behind", async () => {
    const folder = join(cache, "at-once", "swiftshader-1");
    const program = `(await import(process.argv[1])).unpackSwiftShader(process.argv[2], process.argv[3])`;
    const args = ["--input-type=module", "-e", program, moduleUrl, archive, folder];
    await Promise.all(Array.from({ length: 4 }, () => promisify(execFile)(process.execPath, args)));
    assert.deepEqual(readdirSync(folder).sort(), files);
    assert.deepEqual(readdirSync(join(cache, "at-once")), ["swiftshader-1"]);
  });

  it("is not kept from it by what a killed process has left half done", () => {
    const half = join(cache, "killed", "swiftshader-1.half");
    mkdirSync(half, { recursive: true });
    writeFileSync(join(half, "libvulkan.so.1"), "half");
    const folder = join(cache, "killed", "swiftshader-1");
    unpackSwiftShader(archive, folder);
    assert.deepEqual(readdirSync(folder).sort(), files);
  });

  it("of a damaged archive is refused, and leaves no folder", () => {
    const damaged = join(cache, "damaged.tar.br");
    writeFileSync(damaged, "no archive");
    assert.throws(() => unpackSwiftShader(damaged, join(cache, "damaged", "swiftshader-1")));
    assert.deepEqual(readdirSync(join(cache, "damaged")), []);
  });
});
