import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { COMMAND, jsonLines, linkwright, type Ran, suiteFolder, writeCorpus } from "../fixtures.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const kb = join(folder, "kb");
const model = join(folder, "model");

/** Asserts that a command failed with one line on stderr and nothing on stdout. */
function assertFailed({ status, stdout, stderr }: Ran, expected: number, line: RegExp): void {
  assert.equal(stdout, "");
  assert.equal(stderr.split("\n").length, 2, `one line: ${stderr}`);
  assert.match(stderr, line);
  assert.match(stderr, /^linkwright: /);
  assert.equal(status, expected, stderr);
}

function assertDone(ran: Ran): string {
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

const evaluation = (path: string): Record<string, number> =>
  JSON.parse(assertDone(linkwright(["evaluate", path, corpus.dev, "--json"]))) as Record<string, number>;

before(() => {
  const created = linkwright(["create-index", corpus.source, kb]);
  assert.equal(assertDone(created), "");
  assert.match(created.stderr, /8 entities, 9 aliases\n$/);
  const trained = linkwright([
    "train",
    corpus.config,
    "-o",
    model,
    "--paths.kb",
    kb,
    "--training.max_epochs",
    "8",
  ]);
  assert.equal(assertDone(trained), "");
  assert.match(trained.stderr, /^epoch 1: loss [\d.]+, dev /m);
});

describe("linkwright", () => {
  it("--version and --help print to stdout and succeed", () => {
    const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
    assert.equal(assertDone(linkwright(["--version"])), `${version}\n`);
    const help = linkwright(["train", "--help"]);
    assert.match(assertDone(help), /--output/);
    assert.equal(help.stderr, "");
  });

  for (const { title, args, line } of [
    { title: "no command", args: [], line: /Name a command/ },
    { title: "an unknown command", args: ["trian"], line: /trian/ },
    { title: "an unknown option", args: ["evaluate", model, corpus.dev, "--jsno"], line: /jsno/ },
    { title: "a missing argument", args: ["apply", model], line: /[Nn]ot enough/ },
    { title: "a missing option", args: ["train", corpus.config], line: /output/ },
    { title: "an option without its value", args: ["train", corpus.config, "-o"], line: /Not enough/ },
    { title: "a value that is no choice", args: ["export", model, "x", "--quantize", "int4"], line: /int4/ },
  ]) {
    it(`${title} is wrong usage: exit 2`, () => {
      assertFailed(linkwright(args), 2, line);
    });
  }
});

describe("linkwright train", () => {
  it("refuses a wrong config or path with one line", () => {
    const train = (...more: string[]): Ran =>
      linkwright(["train", corpus.config, "-o", join(folder, "no"), ...more]);
    assertFailed(
      train("--training.lerning_rate", "1"),
      1,
      /\[L503\].*did you mean 'training\.learning_rate'/,
    );
    assertFailed(train("--training.max_epochs", "many"), 1, /\[L503\].*training\.max_epochs/);
    assertFailed(
      linkwright(["train", join(folder, "no.toml"), "-o", join(folder, "no")]),
      1,
      /\[L501\].*no\.toml/,
    );
    assert.ok(!existsSync(join(folder, "no")));
  });

  it("refuses a knowledge base of another version of the format", () => {
    const other = join(folder, "kb-99");
    cpSync(kb, other, { recursive: true });
    const meta = JSON.parse(readFileSync(join(other, "meta.json"), "utf8")) as Record<string, unknown>;
    writeFileSync(join(other, "meta.json"), JSON.stringify({ ...meta, version: 99 }));
    const ran = linkwright(["train", corpus.config, "-o", join(folder, "no"), "--paths.kb", other]);
    assert.equal(ran.status, 1);
    assert.match(ran.stderr, /^linkwright: \[L212\] .*version 99.*\n$/m);
  });

  it("refuses to write over what is no model, before it trains", () => {
    const home = join(folder, "home");
    mkdirSync(home);
    writeFileSync(join(home, "thesis.txt"), "years");
    assertFailed(linkwright(["train", corpus.config, "-o", home]), 1, /\[L405\]/);
    assert.deepEqual(readdirSync(home), ["thesis.txt"]);
  });
});

describe("linkwright evaluate", () => {
  it("--json prints exactly the promised keys", () => {
    assert.deepEqual(Object.keys(evaluation(model)).sort(), [
      "accuracy",
      "accuracy_ambiguous",
      "accuracy_in_kb",
      "candidate_recall",
      "coverage",
      "ece",
      "link_precision",
      "mentions_per_second",
      "n_mentions",
      "nel_f_per_type",
      "nel_macro_f",
      "nel_macro_p",
      "nel_macro_r",
      "nel_micro_f",
      "nel_micro_p",
      "nel_micro_r",
      "nil_curve",
      "nil_f",
      "nil_p",
      "nil_r",
      "oracle_accuracy",
      "prior_accuracy",
      "reliability",
      "set_coverage",
      "set_precision",
      "set_size",
      "threshold",
    ]);
  });

  it("knows what it was taught", () => {
    const { accuracy, n_mentions, candidate_recall } = evaluation(model);
    assert.equal(n_mentions, 6);
    assert.equal(candidate_recall, 1);
    assert.ok((accuracy as number) > 0.8, `accuracy ${accuracy}`);
  });

  it("without --json prints a table, and --output writes the object", () => {
    const place = join(folder, "scores");
    mkdirSync(place);
    const output = join(place, "scores.json");
    const table = assertDone(linkwright(["evaluate", model, corpus.dev, "--output", output]));
    assert.match(table, /^accuracy +\d+\.\d\d$/m);
    assert.match(table, /^n_mentions +6$/m);
    const { accuracy } = JSON.parse(readFileSync(output, "utf8")) as { accuracy: number };
    assert.match(table, new RegExp(`^accuracy +${(100 * accuracy).toFixed(2)}$`, "m"));
    assert.deepEqual(readdirSync(place), ["scores.json"]);
    const nowhere = join(place, "no", "scores.json");
    assertFailed(
      linkwright(["evaluate", model, corpus.dev, "--output", nowhere]),
      1,
      /\[L108\].*scores\.json/,
    );
  });

  it("--end-to-end adds scores of mentions that it finds, and leaves the others as they are", () => {
    const { mentions_per_second: _, ...plain } = evaluation(model);
    const ran = linkwright(["evaluate", model, corpus.dev, "--end-to-end", "--json"]);
    const scores = JSON.parse(assertDone(ran)) as Record<string, number | null>;
    for (const [key, value] of Object.entries(plain)) assert.deepEqual(scores[key], value, key);
    const added = Object.keys(scores).filter((key) => /^(end_to_end|detection)_/.test(key));
    const parts = ["strong", "weak"].flatMap((span) => [
      `detection_${span}`,
      ...["", "in_kb_", "nil_"].flatMap((part) =>
        ["micro", "macro"].map((mean) => `end_to_end_${span}_${part}${mean}`),
      ),
    ]);
    const expected = parts.flatMap((name) => ["p", "r", "f"].map((measure) => `${name}_${measure}`));
    assert.deepEqual(added.sort(), expected.sort());
    assert.equal(scores.detection_strong_r, 1, "all six are names of the knowledge base");
    const table = assertDone(linkwright(["evaluate", model, corpus.dev, "--end-to-end"]));
    const percent = (100 * (scores.end_to_end_weak_micro_f as number)).toFixed(2);
    assert.match(table, new RegExp(`^end_to_end_weak_micro( +\\d+\\.\\d\\d){2} +${percent}$`, "m"));
  });

  it("takes documents from stdin", () => {
    const ran = linkwright(["evaluate", model, "-"], { input: readFileSync(corpus.dev, "utf8") });
    assert.match(assertDone(ran), /^n_mentions +6$/m);
  });

  it("refuses data that isn't there or isn't annotated, and a backend that it doesn't know", () => {
    assertFailed(linkwright(["evaluate", model, join(folder, "no.jsonl")]), 1, /\[L100\].*no\.jsonl/);
    const bare = join(folder, "bare.jsonl");
    writeFileSync(bare, jsonLines([{ text: "Paris", ents: [{ start: 0, end: 5, label: "GPE" }] }]));
    assertFailed(linkwright(["evaluate", model, bare]), 1, /\[L505\].*bare\.jsonl/);
    assertFailed(
      linkwright(["evaluate", model, corpus.dev, "--backend", "webgl"]),
      1,
      /\[L301\].*webgl.*wasm/,
    );
    assertFailed(linkwright(["evaluate", model, corpus.dev, "--backend", "webgpu"]), 1, /\[L305\].*auto/);
  });

  it("refuses a model that was altered or cut short, with its code", () => {
    const broken = join(folder, "broken");
    cpSync(model, broken, { recursive: true });
    const weights = readFileSync(join(broken, "weights.bin"));
    writeFileSync(join(broken, "weights.bin"), weights.subarray(0, -4));
    assertFailed(linkwright(["evaluate", broken, corpus.dev]), 1, /\[L403\].*weights\.bin/);
    assertFailed(linkwright(["evaluate", folder, corpus.dev]), 1, /\[L402\]/);
  });
});

describe("linkwright apply", () => {
  const rows = Array.from({ length: 300 }, (_, i) => ({
    id: `doc-${i}`,
    text: "Cattle are sold in Paris, a town in Texas, and Zürich.",
    ents: [
      { start: 19, end: 24, label: "GPE", color: "red" },
      { start: 47, end: 53, label: "GPE", kb_id: "Q1" },
    ],
    source: { page: i },
  }));

  it("streams stdin to stdout: every document in order, unknown keys kept, links added", () => {
    const ran = linkwright(["apply", model, "-", "-"], { input: jsonLines(rows) });
    const found = assertDone(ran)
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line) as (typeof rows)[0]);
    assert.equal(ran.stderr, "");
    found.forEach((row, i) => {
      const { ents, ...rest } = rows[i] as (typeof rows)[0];
      const { ents: linked, ...same } = row;
      assert.deepEqual(same, rest);
      const [first, second] = linked as unknown as Record<string, unknown>[];
      assert.deepEqual(Object.keys(first ?? {}).sort(), [
        "color",
        "end",
        "kb_id",
        "label",
        "reason",
        "score",
        "start",
      ]);
      assert.deepEqual([first?.kb_id, first?.color, second?.kb_id], ["Q2", "red", "Q8"]);
      assert.equal(ents.length, linked.length);
    });
    assert.equal(found.length, rows.length);
  });

  it("--candidates adds each candidate with the parts of its score, --detect finds mentions", () => {
    const input = jsonLines([{ text: "Paris by the Seine" }]);
    const ran = linkwright(["apply", model, "-", "-", "--candidates", "--detect"], { input });
    const { ents } = JSON.parse(assertDone(ran)) as { ents: { candidates: Record<string, unknown>[] }[] };
    assert.equal(ents.length, 1);
    assert.equal(ents[0]?.candidates.length, 3);
    for (const candidate of ents[0]?.candidates ?? []) {
      assert.deepEqual(Object.keys(candidate).sort(), [
        "context",
        "frequency",
        "kb_id",
        "match",
        "name",
        "prior",
        "score",
        "string",
      ]);
    }
  });

  it("leaves nothing, and what was there before unchanged, when the input breaks or the target can't be written", () => {
    const place = join(folder, "place");
    mkdirSync(place);
    const out = join(place, "out.jsonl");
    const input = `${jsonLines(rows)}{"text": 3}\n`;
    assertFailed(linkwright(["apply", model, "-", out], { input }), 1, /\[L102\] stdin:301: text/);
    assert.deepEqual(readdirSync(place), []);
    writeFileSync(out, "before");
    assertFailed(linkwright(["apply", model, "-", out], { input }), 1, /\[L102\]/);
    assert.equal(readFileSync(out, "utf8"), "before");
    assert.deepEqual(readdirSync(place), ["out.jsonl"]);
    const nowhere = join(place, "no", "out.jsonl");
    assertFailed(linkwright(["apply", model, corpus.dev, nowhere]), 1, /\[L108\] Can't write .*out\.jsonl/);
    assert.deepEqual(readdirSync(place), ["out.jsonl"]);
  });

  it("tells of a full disk", { skip: !existsSync("/dev/full") && "there is no /dev/full here" }, () => {
    assertFailed(linkwright(["apply", model, corpus.dev, "/dev/full"]), 1, /\[L108\].*\/dev\/full.*ENOSPC/);
  });

  it("stops at Ctrl-C while it waits for documents, and leaves nothing", async () => {
    const place = join(folder, "interrupted");
    mkdirSync(place);
    const child = spawn(process.execPath, [COMMAND, "apply", model, "-", join(place, "out.jsonl")]);
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.stdin.write(jsonLines(rows.slice(0, 1)));
    const ended = once(child, "exit");
    while (child.exitCode === null && readdirSync(place).length === 0) await setTimeout(5);
    child.kill("SIGINT");
    const [code] = (await ended) as [number | null];
    assert.deepEqual([code, stderr], [130, "linkwright: interrupted.\n"]);
    assert.deepEqual(readdirSync(place), []);
  });

  it("ends quietly when its reader has had enough", async () => {
    const child = spawn(process.execPath, [COMMAND, "apply", model, "-", "-"]);
    let stderr = "";
    child.stderr.on("data", (chunk) => {
      stderr += chunk;
    });
    child.stdin.on("error", () => {}); // it stops reading too
    child.stdin.end(jsonLines(Array.from({ length: 20 }, () => rows).flat()));
    await once(child.stdout, "data");
    child.stdout.destroy();
    const [code] = (await once(child, "exit")) as [number | null];
    assert.deepEqual([code, stderr], [0, ""]);
  });
});

describe("linkwright link", () => {
  it("finds and links names, one line each", () => {
    const ran = linkwright([
      "link",
      model,
      "The king of Jordan spoke in Amman.",
      "Michael Jordan in Zürich",
      "no name",
    ]);
    const lines = assertDone(ran).trimEnd().split("\n");
    assert.deepEqual(
      lines.map((line) => line.split(/ {2,}/).slice(0, 2)),
      [["Jordan", "Q4"], ["Michael Jordan", "Q5"], ["Zürich", "Q8"], ["no mentions found"]],
    );
  });

  it("--json prints an array a text", () => {
    const [line = ""] = assertDone(
      linkwright(["link", model, "Boats go to Paris on the Seine.", "--json"]),
    ).split("\n");
    const [link] = JSON.parse(line) as Record<string, unknown>[];
    assert.deepEqual(
      [link?.mention, link?.kb_id, link?.start, link?.end, link?.label],
      ["Paris", "Q1", 12, 17, "GPE"],
    );
    assert.ok(Array.isArray(link?.candidates) && link.candidates.length === 3);
  });
});

describe("linkwright export", () => {
  it("as uint8 gives a smaller model of nearly the same accuracy", () => {
    const small = join(folder, "small");
    const ran = linkwright(["export", model, small, "--quantize", "uint8"]);
    assert.equal(assertDone(ran), "");
    assert.match(ran.stderr, /uint8/);
    assert.ok(!existsSync(join(small, "training")), "no metrics, no checkpoint");
    const [full, half] = [evaluation(model), evaluation(small)];
    for (const key of ["accuracy", "accuracy_ambiguous", "nel_micro_f", "nil_f"]) {
      assert.ok(Math.abs((full[key] as number) - (half[key] as number)) <= 0.001, key);
    }
    const size = (path: string): number => readFileSync(join(path, "weights.bin")).length;
    assert.ok(size(small) < size(model));
  });
});

describe("linkwright debug-data", () => {
  it("--json prints the report, without it a text", () => {
    const report = JSON.parse(assertDone(linkwright(["debug-data", corpus.config, "--json"]))) as Record<
      string,
      Record<string, number>
    >;
    assert.deepEqual(Object.keys(report), ["kb", "train", "dev"]);
    const { documents, annotated, nil } = report.train as Record<string, number>;
    assert.deepEqual([documents, annotated, nil], [16, 21, 3]);
    const text = assertDone(linkwright(["debug-data", corpus.config, "--paths.dev", corpus.train]));
    assert.match(text, /^dev: 16 documents/m);
  });
});
