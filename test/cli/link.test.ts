import assert from "node:assert/strict";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { linkwright, type Ran, suiteFolder, tinyKb } from "../fixtures.js";

const folder = suiteFolder();
const kb = join(folder, "kb");
const TEXT = "The player Michael Jordan flew to Zürich.";

function done(...args: string[]): string {
  const ran = linkwright(["link", ...args]);
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

function refused({ status, stdout, stderr }: Ran, expected: number, line: RegExp): void {
  assert.equal(stdout, "");
  assert.match(stderr, line);
  assert.equal(stderr.split("\n").length, 2, `one line: ${stderr}`);
  assert.equal(status, expected, stderr);
}

before(() => tinyKb().toDisk(kb));

describe("linkwright link MODEL", () => {
  it("prints mention, link, score, and why", () => {
    const lines = done(kb, TEXT, "no name").trimEnd().split("\n");
    assert.match(
      lines[0] ?? "",
      /^Michael Jordan {2}Q5 {2}[01]\.\d\d {2}Michael Jordan {2}best of 1: .*the only candidate$/,
    );
    assert.equal(lines.at(-1), "no mentions found");
  });

  it("--format jsonl and json give texts with their links, addresses by --urls", () => {
    const [first, second, ...rest] = done(
      kb,
      TEXT,
      "Paris",
      "--format",
      "jsonl",
      "--urls",
      "https://example.org/{id}",
    ).split("\n");
    assert.deepEqual(rest, [""]);
    const { text, links } = JSON.parse(first as string) as { text: string; links: Record<string, unknown>[] };
    assert.equal(text, TEXT);
    assert.deepEqual(
      links.map(({ mention, kb_id, title, url }) => [mention, kb_id, title, url]),
      [
        ["Michael Jordan", "Q5", "Michael Jordan", "https://example.org/Q5"],
        ["Zürich", "Q8", "Zürich", "https://example.org/Q8"],
      ],
    );
    const all = JSON.parse(done(kb, TEXT, "Paris", "--format", "json", "--urls", "https://example.org/{id}"));
    assert.deepEqual(all, [JSON.parse(first as string), JSON.parse(second as string)]);
  });

  it("--json stays what it was: an array of links a text, candidates with the knowledge base's words", () => {
    const [link] = JSON.parse(done(kb, "Zürich", "--json")) as Record<string, unknown>[];
    assert.deepEqual(Object.keys(link ?? {}), [
      "mention",
      "start",
      "end",
      "label",
      "kb_id",
      "score",
      "reason",
      "candidates",
    ]);
    const [candidate] = (link?.candidates ?? []) as Record<string, unknown>[];
    const keys = ["kb_id", "name", "prior", "frequency", "string", "context", "match", "score"];
    assert.deepEqual(Object.keys(candidate ?? {}).sort(), [...keys].sort());
  });

  it("--format html is one page of all texts", () => {
    const html = done(kb, TEXT, "<Paris>", "--format", "html");
    assert.match(html, /^<!DOCTYPE html>/);
    assert.equal(html.match(/class="text"/g)?.length, 2);
    assert.match(html, /&lt;<span class="place"><button.*>Paris<\/button>/);
  });

  it("takes texts from stdin and files, in the order given", () => {
    const file = join(folder, "text.txt");
    writeFileSync(file, "\ufeffZürich\nand Paris");
    const ran = linkwright(["link", kb, "--file", file, "--format", "jsonl", "Apple", "-"], {
      input: "Jordan\n",
    });
    assert.equal(ran.status, 0, ran.stderr);
    const texts = ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => (JSON.parse(line) as { text: string }).text);
    assert.deepEqual(texts, ["Apple", "Jordan\n", "Zürich\nand Paris"]);
    refused(linkwright(["link", kb, "--file", join(folder, "none.txt")]), 1, /\[L831\].*none\.txt/);
    writeFileSync(join(folder, "latin.txt"), Buffer.from([0x5a, 0xfc]));
    refused(linkwright(["link", kb, "--file", join(folder, "latin.txt")]), 1, /\[L831\].*UTF-8/);
  });

  it("--mention links the names given, --scorer chooses otherwise", () => {
    const [link, ...others] = JSON.parse(
      done(kb, "Jordan and Zürich", "--mention", "Jordan", "--scorer", "prior", "--json"),
    );
    assert.deepEqual([link.mention, link.kb_id, others], ["Jordan", "Q4", []]);
    assert.ok(Math.abs(link.score - 0.6) < 1e-6, "its prior");
  });

  it("refuses what can't be meant: exit 2", () => {
    const wrong: [string[], RegExp][] = [
      [[], /MODEL.*--wikipedia/],
      [[kb], /Not enough.*texts/],
      [["--wikipedia", "en"], /Not enough.*texts/],
      [[kb, "x", "--cache", "c"], /--cache needs --wikipedia/],
      [[kb, "x", "--offline"], /--offline needs --wikipedia/],
      [["--wikipedia", "en", "x", "--offline"], /--offline needs --cache/],
      [["--wikipedia", "en", "x", "--decide.precision", "0.9"], /--decide\.precision needs a MODEL/],
      [[kb, "x", "--json", "--format", "html"], /exclude/],
      [[kb, "x", "--format", "xml"], /xml/],
      [[kb, "x", "--scorer", "best"], /--scorer is best/],
      [[kb, "x", "--context-tokens", "-1"], /--context-tokens must be/],
    ];
    for (const [args, line] of wrong) refused(linkwright(["link", ...args]), 2, line);
  });
});

const mediaWiki = fileURLToPath(new URL("../../src/mediawiki/media-wiki.js", import.meta.url));

describe("linkwright link --wikipedia", {
  skip: !existsSync(mediaWiki) && "there is no src/mediawiki",
}, () => {
  it("says which mention an empty cache does not know when it may ask nobody", () => {
    const args = [
      "--wikipedia",
      "en",
      "--offline",
      "--cache",
      join(folder, "cache"),
      "--mention",
      "Zürich",
      TEXT,
    ];
    refused(linkwright(["link", ...args]), 1, /Zürich/);
  });
});
