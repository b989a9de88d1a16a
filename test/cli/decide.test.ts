import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import type { LearningCurve } from "../../src/training/learning-curve.js";
import { linkwright, type Ran, suiteFolder, writeCorpus } from "../fixtures.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const model = join(folder, "model");

function done(ran: Ran): Ran {
  assert.equal(ran.status, 0, ran.stderr);
  return ran;
}

before(() => {
  const ran = done(linkwright(["train", corpus.config, "-o", model, "--seeds", "2"]));
  assert.match(ran.stderr, /^seed 2, epoch 1: /m);
  assert.match(ran.stderr, /^2 seeds: dev [\d.]+ ± [\d.]+ \/ [\d.]+ ± [\d.]+; kept/m);
});

describe("--decide.precision", () => {
  it("says what the precision comes to; twenty documents vouch for nothing", () => {
    const ran = done(linkwright(["evaluate", model, corpus.dev, "--json", "--decide.precision", "0.95"]));
    assert.match(
      ran.stderr,
      /^precision 95\.0 %, 90\.0 % sure: dev can't vouch for that, so that nothing is linked/,
    );
    const scores = JSON.parse(ran.stdout) as { coverage: number; threshold: number };
    assert.equal(scores.coverage, 0);
  });

  it("links at a precision that dev does vouch for", () => {
    const asked = ["--decide.precision", "0.2", "--decide.confidence", "0.5"];
    const ran = done(linkwright(["evaluate", model, corpus.dev, "--json", ...asked]));
    assert.match(ran.stderr, /links from probability 0\.\d+, [\d.]+ % of dev's mentions with candidates\n$/);
    assert.ok((JSON.parse(ran.stdout) as { coverage: number }).coverage > 0);
  });

  it("offers sets, as keys of the output", () => {
    const asked = ["--decide.precision", "0.2", "--decide.confidence", "0.5", "--decide.set_size", "3"];
    const input = readFileSync(corpus.dev, "utf8");
    const ran = done(linkwright(["apply", model, "-", "-", ...asked], { input }));
    const spans = ran.stdout
      .trim()
      .split("\n")
      .flatMap((line) => (JSON.parse(line) as { ents: Record<string, unknown>[] }).ents);
    for (const { reason, one_of, kb_id } of spans) {
      assert.equal(Array.isArray(one_of), reason === "one_of");
      if (reason === "one_of") assert.equal(kb_id, "NIL");
    }
  });

  it("refuses what it can't mean with one line: wrong usage, but for what hangs on the model's own settings", () => {
    const refused = (status: number, ...options: string[]): string => {
      const ran = linkwright(["evaluate", model, corpus.dev, ...options]);
      assert.deepEqual([ran.status, ran.stdout], [status, ""]);
      assert.equal(ran.stderr.trimEnd().split("\n").length, 1);
      return ran.stderr;
    };
    assert.match(
      refused(2, "--decide.precision", "98"),
      /--decide\.precision must be a share above 0 and below 1/,
    );
    assert.match(refused(2, "--decide.precision", "high"), /--decide\.precision must be/);
    assert.match(refused(2, "--decide.confidence", "7"), /--decide\.confidence must be/);
    assert.match(
      refused(2, "--decide.precision", "0.9", "--decide.set_size", "9"),
      /set_size must be 0 .* 2 to 5/,
    );
    assert.match(refused(1, "--decide.set_size", "3"), /L511.*set_size needs a precision/);
  });

  it("refuses a contradiction in training before any work", () => {
    const output = join(folder, "contradiction");
    const ran = linkwright(["train", corpus.config, "-o", output, "--decide.set_size", "3"]);
    assert.equal(ran.status, 1);
    assert.match(ran.stderr, /L503.*decide\.set_size needs decide\.precision/);
    assert.ok(!existsSync(output));
  });
});

describe("a knowledge base in place of a model", () => {
  it("links by the base model", () => {
    const ran = done(linkwright(["link", corpus.source, "Jordan, the basketball player, scored.", "--json"]));
    const [link] = JSON.parse(ran.stdout) as { mention: string; kb_id: string }[];
    assert.deepEqual([link?.mention, link?.kb_id], ["Jordan", "Q5"]);
  });
});

describe("train --ablate", () => {
  it("prints what each part brings, and writes nothing", () => {
    const ran = done(linkwright(["train", corpus.config, "--ablate", "--seeds", "1"]));
    const lines = ran.stdout.trimEnd().split("\n");
    assert.match(lines[0] as string, /^dev +accuracy +ambiguous$/);
    assert.match(lines[1] as string, /^full model +[\d.]+ ± 0\.0 +[\d.]+ ± 0\.0$/);
    assert.ok(lines.some((line) => /^features: prior +[+-][\d.]+ ± 0\.0/.test(line)));
  });
});

describe("learning-curve", () => {
  it("writes JSON and SVG and prints a line a size", () => {
    const output = join(folder, "curve");
    const options = ["--sizes", "0", "5", "--seeds", "1", "--init", "random", "-o", output];
    const ran = done(linkwright(["learning-curve", corpus.config, ...options]));
    const curve = JSON.parse(readFileSync(`${output}.json`, "utf8")) as LearningCurve;
    const sizes = curve.curves[0]?.points.map(({ size }) => size) as number[];
    assert.deepEqual(sizes.slice(0, 2), [0, 5]);
    assert.equal(ran.stdout.trimEnd().split("\n").length, sizes.length + 2);
    assert.match(readFileSync(`${output}.svg`, "utf8"), /^<svg [\s\S]*<\/svg>\n$/);
    assert.ok(!existsSync(`${output}.svg.tmp`));
  });

  it("refuses numbers that mean nothing, and a place that can't be written, before it trains", () => {
    const status = (...options: string[]): number | null =>
      linkwright(["learning-curve", corpus.config, ...options]).status;
    assert.equal(status("--sizes", "many"), 2);
    assert.equal(status("--sizes", "-5"), 2);
    assert.equal(status("--seeds", "0"), 2);
    assert.equal(status("-o", join(folder, "nowhere", "x")), 1);
    assert.equal(linkwright(["train", corpus.config, "--ablate", "--seeds", "0"]).status, 2);
    assert.equal(linkwright(["train", corpus.config, "--ablate", "-o", "x"]).status, 2);
  });
});
