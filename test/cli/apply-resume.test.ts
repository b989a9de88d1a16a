import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import seedrandom from "seedrandom";
import { COMMAND, jsonLines, linkwright, type Ran, suiteFolder, writeCorpus } from "../fixtures.js";
import { done, failed, manyDocuments, writeFileAt } from "./apply-runs.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const model = join(folder, "my-model");
const fileAt = (name: string, content: string): string => writeFileAt(folder, name, content);

before(() => {
  done(linkwright(["train", corpus.config, "-o", model]));
});

describe("linkwright apply --resume", () => {
  const input = jsonLines(manyDocuments(1500));
  let file: string;
  let expected: string;
  before(() => {
    file = fileAt("long.jsonl", input);
    const out = join(folder, "undisturbed.jsonl");
    assert.equal(done(linkwright(["apply", model, file, out])).stderr, "");
    expected = readFileSync(out, "utf8");
  });

  /** A run in a folder of its own. */
  function start(place: string, ...more: string[]): { child: ChildProcess; ended: Promise<Ran> } {
    const child = spawn(process.execPath, [COMMAND, "apply", model, file, join(place, "out.jsonl"), ...more]);
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    const ended = once(child, "close").then(([status]) => ({ status, stdout: "", stderr }) as Ran);
    return { child, ended };
  }

  /** Waits until so many bytes are written. */
  async function written(place: string, bytes: number, child: ChildProcess): Promise<void> {
    const partial = join(place, "out.jsonl.partial");
    while (child.exitCode === null && !(existsSync(partial) && statSync(partial).size >= bytes))
      await setTimeout(1);
  }

  it("survives kill -9 at any moment, at any --workers: nothing lost, nothing done twice", async () => {
    const random = seedrandom("kill");
    const place = join(folder, "killed");
    mkdirSync(place);
    let before = 0;
    let kills = 0;
    for (const workers of ["1", "2", "3", "1"]) {
      const { child, ended } = start(place, "--resume", "--workers", workers);
      await written(place, before + random() * 0.3 * expected.length, child);
      child.kill("SIGKILL");
      const { status, stderr } = await ended;
      if (status === 0) break; // it was faster
      kills++;
      const [, said = "0"] = /goes on after (\d+) documents/.exec(stderr) ?? [];
      const kept = readFileSync(join(place, "out.jsonl.partial"), "utf8");
      const whole = kept.slice(0, kept.lastIndexOf("\n") + 1); // it may have died in the middle of a line
      assert.ok(expected.startsWith(whole));
      assert.ok(!existsSync(join(place, "out.jsonl")));
      assert.ok(Number(said) <= whole.split("\n").length - 1);
      before = kept.length;
    }
    assert.ok(kills > 0);
    done(linkwright(["apply", model, file, join(place, "out.jsonl"), "--resume"]));
    assert.equal(readFileSync(join(place, "out.jsonl"), "utf8"), expected);
    assert.deepEqual(readdirSync(place), ["out.jsonl"]);
  });

  for (const workers of ["1", "2"]) {
    it(`stops at Ctrl-C and tells how to go on, with ${workers} workers`, async () => {
      const place = join(folder, `interrupted-${workers}`);
      mkdirSync(place);
      const { child, ended } = start(place, "--workers", workers);
      await written(place, 1, child);
      child.kill("SIGINT");
      const { status, stderr } = await ended;
      assert.equal(status, 130, stderr);
      assert.match(
        stderr,
        /^.*out\.jsonl\.partial has what is done: .*--resume.*\nlinkwright: interrupted\.\n$/,
      );
      const ran = done(linkwright(["apply", model, file, join(place, "out.jsonl"), "--resume"]));
      const [, documents] = /goes on after (\d+) documents/.exec(ran.stderr) ?? [];
      assert.ok(Number(documents) >= 128, ran.stderr);
      assert.equal(readFileSync(join(place, "out.jsonl"), "utf8"), expected);
    });
  }

  it("goes on when what stopped it is corrected, and refuses another model, other options, other documents", () => {
    const lines = jsonLines(manyDocuments(600)).split("\n");
    const corrected = lines[500] as string;
    const broken = fileAt("broken/in.jsonl", lines.with(500, corrected.slice(1)).join("\n"));
    const out = join(folder, "broken", "out.jsonl");
    const apply = (...more: string[]): Ran => linkwright(["apply", model, broken, out, ...more]);
    failed(apply(), 1, /out\.jsonl\.partial has what is done.*\n.*\[L101\] .*in\.jsonl:501: /);
    assert.deepEqual(readdirSync(dirname(out)), [
      "in.jsonl",
      "out.jsonl.partial",
      "out.jsonl.partial-journal",
    ]);
    writeFileSync(broken, lines.join("\n"));
    failed(apply("--resume", "--candidates"), 1, /\[L854\].*candidates was false, now it is true/);
    const other = linkwright(["apply", join(folder, "source"), broken, out, "--resume"]);
    failed(other, 1, /\[L854\].*model was/);
    writeFileSync(broken, lines.slice(1).join("\n"));
    failed(apply("--resume"), 1, /^.*goes on after.*\nlinkwright: \[L855\].*in\.jsonl:1 to .*in\.jsonl:128/);
    writeFileSync(broken, lines.join("\n"));
    const ran = done(apply("--resume", "--workers", "2"));
    assert.match(ran.stderr, /goes on after 384 documents/);
    const resumed = readFileSync(out, "utf8");
    rmSync(out);
    writeFileSync(`${out}.partial`, "left by another");
    assert.match(done(apply()).stderr, /partial of an earlier run is replaced/);
    assert.equal(resumed, readFileSync(out, "utf8"));
  });
});
