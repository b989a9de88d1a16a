import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { jsonLines, linkwright, type Ran, suiteFolder, writeCorpus } from "../fixtures.js";
import { goldenCases, goldenPath } from "../golden.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);

/** `convert("a", "b", "docbin docs")`: from docbin to docs. */
function convert(input: string, output: string, fromTo: string, stdin = ""): Ran {
  const [from = "", to = ""] = fromTo.split(" ");
  return linkwright(["convert", input, output, "--from", from, "--to", to], { input: stdin });
}

function assertDone({ status, stdout, stderr }: Ran, line: string): string {
  assert.equal(stderr, `${line}\n`);
  assert.equal(status, 0);
  return stdout;
}

describe("linkwright convert", () => {
  it("docbin to docs", () => {
    const out = join(folder, "docbin.jsonl");
    const golden = goldenCases<{ docs: object[] }>("docbin")[0];
    assertDone(
      convert(goldenPath("docs.spacy"), out, "docbin docs"),
      `${out}: 14 documents, 16 mentions, 14 links, 1 NIL`,
    );
    assert.equal(readFileSync(out, "utf8"), jsonLines(golden?.docs ?? []));
  });

  it("spacy-json, spacy-train and prodigy from stdin to stdout", () => {
    const doc = { text: "🍎 Ada", ents: [{ start: 3, end: 6, label: "P", kb_id: "Q1" }] };
    const span = { start: 2, end: 5, label: "P" };
    const line = "stdout: 1 documents, 1 mentions, 1 links, 0 NIL";
    const json = JSON.stringify({ text: doc.text, ents: [{ ...span, kb_id: "Q1" }] });
    assert.equal(assertDone(convert("-", "-", "spacy-json docs", json), line), jsonLines([doc]));
    const links = { "(2, 5)": { Q1: 1.0 }, "(0, 1)": { Q2: 1.0 } };
    const train = JSON.stringify([doc.text, { entities: [[2, 5, "P"]], links }]);
    assert.equal(
      assertDone(
        convert("-", "-", "spacy-train docs", train),
        `${line}; left out: 1 links without an entity`,
      ),
      jsonLines([doc]),
    );
    const accepted = { text: doc.text, spans: [span], accept: ["Q1"], answer: "accept" };
    const records = [{ ...accepted, answer: "reject" }, accepted, { ...accepted, answer: "ignore" }];
    const left = `${line}; left out: 1 lines of answer "reject", 1 lines of answer "ignore"`;
    assert.equal(assertDone(convert("-", "-", "prodigy docs", jsonLines(records)), left), jsonLines([doc]));
  });

  it("docs to docs checks a file and keeps it", () => {
    const out = join(folder, "again.jsonl");
    assertDone(convert(corpus.train, out, "docs docs"), `${out}: 16 documents, 21 mentions, 18 links, 3 NIL`);
    assert.deepEqual(
      readFileSync(out, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
      readFileSync(corpus.train, "utf8")
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    );
  });

  it("spacy-kb to kb and back, and a source folder to spacy-kb", async () => {
    const [kb, back, made] = ["kb", "back", "made"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    assertDone(convert(goldenPath("spacy-kb"), kb, "spacy-kb kb"), `${kb}: 4 entities, 6 aliases`);
    assert.equal((await InMemoryLookupKB.fromDisk(kb)).getPriorProb("ORG", "apple"), Math.fround(0.7));
    const lost = "; spaCy's format has no names, descriptions or types";
    assertDone(convert(kb, back, "kb spacy-kb"), `${back}: 4 entities, 6 aliases${lost}`);
    assert.deepEqual(
      readFileSync(join(back, "contents")),
      readFileSync(join(goldenPath("spacy-kb"), "contents")),
    );
    assertDone(convert(corpus.source, made, "kb spacy-kb"), `${made}: 8 entities, 9 aliases${lost}`);
    assert.deepEqual(readdirSync(made).sort(), ["contents", "strings.json"]);
  });

  for (const { title, args, line } of [
    {
      title: "documents to a knowledge base",
      args: ["a", "b", "docbin kb"],
      line: /Can't convert docbin to kb: docbin, .* become docs/,
    },
    {
      title: "a knowledge base to documents",
      args: ["a", "b", "spacy-kb docs"],
      line: /Can't convert spacy-kb to docs/,
    },
    { title: "a knowledge base from stdin", args: ["-", "b", "spacy-kb kb"], line: /is a folder/ },
    { title: "a knowledge base to stdout", args: ["a", "-", "kb spacy-kb"], line: /is a folder/ },
    { title: "an unknown format", args: ["a", "b", "conll docs"], line: /conll/ },
    { title: "a format that is not written", args: ["a", "b", "docs docbin"], line: /docbin/ },
  ] as const) {
    it(`${title} is wrong usage: exit 2`, () => {
      const { status, stdout, stderr } = convert(...(args as unknown as [string, string, string]));
      assert.equal(stdout, "");
      assert.match(stderr, /^linkwright: .*\n$/);
      assert.match(stderr, line);
      assert.equal(status, 2);
    });
  }

  it("refuses bad input with one line and exit 1, and what was there stays", () => {
    const out = join(folder, "stays.jsonl");
    writeFileSync(out, "before");
    const bad = join(folder, "bad.jsonl");
    writeFileSync(bad, jsonLines([{ text: "🍎" }, { text: "🍎", ents: [{ start: 0, end: 2 }] }]));
    for (const [input, fromTo, line] of [
      [bad, "spacy-json docs", /\[L120\] .*bad\.jsonl:2: ents\[0\] is 0 to 2/],
      [bad, "docbin docs", /\[L122\] .*bad\.jsonl is no DocBin/],
      [bad, "spacy-train docs", /\[L102\] .*bad\.jsonl:1: an example/],
      [join(folder, "none"), "docbin docs", /\[L100\] .*ENOENT/],
      [join(folder, "none"), "kb spacy-kb", /\[E929\] /],
      [join(folder, "none"), "spacy-kb kb", /\[E929\] /],
      [folder, "spacy-kb kb", /\[E145\] .*contents/],
    ] as const) {
      const { status, stdout, stderr } = convert(input, out, fromTo);
      assert.equal(stdout, "");
      assert.match(stderr, /^linkwright: .*\n$/);
      assert.match(stderr, line);
      assert.equal(status, 1);
    }
    assert.equal(readFileSync(out, "utf8"), "before");
    assert.ok(!readdirSync(folder).some((name) => name.includes(".tmp")));
    assert.ok(!existsSync(join(folder, "none")));
  });
});
