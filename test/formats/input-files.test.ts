import assert from "node:assert/strict";
import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { inputFiles } from "../../src/formats/input-files.js";
import { parseRaw, type RawDocument, readRaw } from "../../src/formats/raw-documents.js";
import { suiteFolder } from "../fixtures.js";

/** Makes files, and the folders that they are in. */
function filesAt(root: string, contents: Readonly<Record<string, string | Uint8Array>>): string {
  for (const [name, content] of Object.entries(contents)) {
    mkdirSync(join(root, name, ".."), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

async function rawOf(path: string): Promise<RawDocument[]> {
  const all: RawDocument[] = [];
  for await (const raw of readRaw((await inputFiles(path)).files)) all.push(raw);
  return all;
}

describe("inputFiles", () => {
  const folder = suiteFolder();

  it("takes the texts and JSONL files of a folder and of its folders, in the order of their paths", async () => {
    const root = filesAt(join(folder, "texts"), {
      "b.txt": "12345",
      "a/z.JSONL": "{}",
      "a/B.TXT": "",
      "a.jsonl": "{}\n",
      "ä.txt": "",
      "a/notes.md": "",
      "table.csv": "",
      ".hidden.txt": "",
      ".git/packed.txt": "",
    });
    const { files, skipped, bytes, isStored } = await inputFiles(root);
    assert.deepEqual(
      files.map(({ id, kind }) => [id, kind]),
      [
        ["a.jsonl", "lines"],
        ["a/B.TXT", "text"],
        ["a/z.JSONL", "lines"],
        ["b.txt", "text"],
        ["ä.txt", "text"],
      ],
    );
    assert.deepEqual(
      files.map(({ path }) => path),
      files.map(({ id }) => join(root, id)),
    );
    assert.deepEqual([skipped, bytes, isStored], [4, 10, true]);
  });

  it("passes over the file that is written meanwhile, and links to folders", async () => {
    const root = filesAt(join(folder, "own"), { "in.jsonl": "{}", "out.jsonl": "" });
    symlinkSync(root, join(root, "again"));
    symlinkSync(join(root, "in.jsonl"), join(root, "same.jsonl"));
    const { files, skipped } = await inputFiles(root, join(root, "out.jsonl"));
    assert.deepEqual(
      files.map(({ id }) => id),
      ["in.jsonl", "same.jsonl"],
    );
    assert.equal(skipped, 1);
  });

  it("a file by itself is a text where its name ends so, else JSONL; its name is its id", async () => {
    const root = filesAt(join(folder, "single"), { "note.txt": "", rows: "" });
    assert.deepEqual((await inputFiles(join(root, "note.txt"))).files, [
      { path: join(root, "note.txt"), kind: "text", id: "note.txt" },
    ]);
    assert.equal((await inputFiles(join(root, "rows"))).files[0]?.kind, "lines");
    assert.equal((await inputFiles("-")).isStored, false);
  });

  it("refuses what is not there, and a folder without texts", async () => {
    await assert.rejects(inputFiles(join(folder, "none")), { code: "L100", message: /none/ });
    const root = filesAt(join(folder, "other"), { "a.csv": "", "b/c.md": "" });
    await assert.rejects(inputFiles(root), { code: "L852", message: /others in it: 2/ });
  });
});

describe("readRaw", () => {
  const folder = suiteFolder();

  it("a text is one document without marks, JSON without ents too; empty ents are marks", async () => {
    const lines = ['{"text": "one"}', '{"text": "two", "ents": null}', '{"text": "three", "ents": []}'];
    const root = filesAt(join(folder, "marks"), {
      "a.jsonl": `\ufeff${lines.join("\r\n \n")}`,
      "b.txt": "\ufeffone\r\ntwo\n",
    });
    const read = (await rawOf(root)).map((raw) => ({ ...parseRaw(raw), line: raw.line }));
    assert.deepEqual(
      read.map(({ doc, isMarked, line }) => [doc.id, doc.text, isMarked, line]),
      [
        ["", "one", false, 1],
        ["", "two", false, 3],
        ["", "three", true, 5],
        ["b.txt", "one\r\ntwo\n", false, undefined],
      ],
    );
  });

  it("names the file and line of what can't be read", async () => {
    const latin = filesAt(join(folder, "latin"), { "a.txt": Buffer.from("one\nZo\u00eb", "latin1") });
    await assert.rejects(rawOf(latin), { code: "L107", message: /latin.a\.txt:2: .*UTF-8/ });
    const broken = filesAt(join(folder, "broken"), { "sub/a.jsonl": '{"text": "one"}\n{' });
    const [, second] = await rawOf(broken);
    assert.throws(() => parseRaw(second as RawDocument), { code: "L101", message: /sub.a\.jsonl:2: / });
  });
});
