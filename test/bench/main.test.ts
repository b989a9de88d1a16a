import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { suiteFolder } from "../fixtures.js";

const MAIN = fileURLToPath(new URL("../../bench/main.js", import.meta.url));
const bench = (...args: string[]) => spawnSync(process.execPath, [MAIN, ...args], { encoding: "utf8" });

describe("bench", () => {
  it("tells its parts and options", () => {
    for (const args of [["--help"], ["-h"], ["kb", "--json", "--help"]]) {
      const { status, stdout, stderr } = bench(...args);
      assert.deepEqual([status, stderr], [0, ""]);
      for (const part of ["train", "link", "scale", "kb", "soak"])
        assert.match(stdout, new RegExp(`^${part} +\\[--`, "m"));
    }
  });

  it("refuses what it can't measure before it makes anything", () => {
    const file = join(suiteFolder(), "entities.jsonl");
    writeFileSync(file, "");
    const refusals: [args: string[], why: RegExp][] = [
      [["kb", "--source", file], /^Found no entities\.jsonl, aliases\.jsonl in .*entities\.jsonl\.\n$/],
      [["kb", "--source", join(file, "..")], /^Found no aliases\.jsonl in /],
      [["cake"], /^Found the part "cake"\. Expected some of: /],
      [["kb", "--cake"], /--cake/],
    ];
    for (const [args, why] of refusals) {
      const { status, stdout, stderr } = bench(...args);
      assert.deepEqual([status, stdout], [2, ""]);
      assert.match(stderr, why);
    }
  });
});
