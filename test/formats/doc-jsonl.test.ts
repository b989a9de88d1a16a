import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { after, before, test } from "node:test";
import { type ReadDocsOptions, readDocs, writeDocs } from "../../src/formats/doc-jsonl.js";
import { Doc } from "../../src/text/doc.js";

let folder: string;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), "linkwright-docs-"));
});
after(() => rm(folder, { recursive: true }));

/** Writes a file of the test's folder and gives its path. */
async function fileOf(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

async function docsOf(path: string, options?: ReadDocsOptions): Promise<Doc[]> {
  const docs: Doc[] = [];
  for await (const doc of readDocs(path, options)) docs.push(doc);
  return docs;
}

const line = (text: string) => JSON.stringify({ text, ents: [] });

test("reads a document a line, past a byte order mark, CRLF and blank lines", async () => {
  const path = await fileOf("in.jsonl", `\ufeff${line("one")}\r\n\n  \n${line("two")}`);
  assert.deepEqual(
    (await docsOf(path)).map((doc) => doc.text),
    ["one", "two"],
  );
});

test("raw U+2028 inside a text ends no line", async () => {
  const path = await fileOf("separator.jsonl", `{"text": "one\u2028two"}\n`);
  assert.equal((await docsOf(path))[0]?.text, "one\u2028two");
});

test("reads stdin", async () => {
  const stdin = Readable.from([
    Buffer.from(line("o\u00e9")).subarray(0, 11),
    Buffer.from(line("o\u00e9")).subarray(11),
  ]);
  assert.equal((await docsOf("-", { stdin }))[0]?.text, "o\u00e9");
  await assert.rejects(docsOf("-", { stdin: Readable.from(["{}"]) }), {
    code: "L102",
    message: /stdin:1: text must be/,
  });
});

test("reads no further than it is asked", async () => {
  let given = 0;
  async function* endless() {
    while (true) yield `${line(`text ${given++}`)}\n`;
  }
  for await (const doc of readDocs("-", { stdin: endless() })) if (doc.text === "text 2") break;
  assert.equal(given, 3);
});

test("errors name file and line", async () => {
  const broken = await fileOf("broken.jsonl", `${line("one")}\n\n{"text": "two"\n`);
  await assert.rejects(docsOf(broken), {
    code: "L101",
    message: /broken\.jsonl:3: the line is not JSON \(.+\)/,
  });
  const wrong = await fileOf(
    "wrong.jsonl",
    `${line("one")}\n{"text": "two", "ents": [{"start": 0, "end": 9}]}\n`,
  );
  await assert.rejects(docsOf(wrong), { code: "L103", message: /wrong\.jsonl:2: ents\[0\] is 0 to 9/ });
  const latin = await fileOf("latin.jsonl", Buffer.from(`${line("one")}\n${line("Zo\u00eb")}\n`, "latin1"));
  await assert.rejects(docsOf(latin), { code: "L107", message: /latin\.jsonl:2: .*UTF-8/ });
});

test("a file that can't be read", async () => {
  await assert.rejects(docsOf(join(folder, "none.jsonl")), { code: "L100", message: /none\.jsonl: ENOENT/ });
  await assert.rejects(docsOf(folder), { code: "L100", message: /EISDIR/ });
});

test("a file without documents is refused unless that is fine", async () => {
  for (const content of ["", "\n \n", "\ufeff"]) {
    const path = await fileOf("empty.jsonl", content);
    await assert.rejects(docsOf(path), { code: "L106", message: /empty\.jsonl has no documents/ });
    assert.deepEqual(await docsOf(path, { allowEmpty: true }), []);
  }
});

test("what is written is read again, lone surrogates and unknown keys too", async () => {
  const text = `${'{"id":"a","text":"😀 \\ud800","ents":[{"start":0,"end":2,"label":"X","kb_id":"NIL","by":"me"}],"year":1}'}\n`;
  const from = await fileOf("from.jsonl", text);
  const to = join(folder, "to.jsonl");
  assert.equal(await writeDocs(to, readDocs(from)), 1);
  assert.equal(await readFile(to, "utf8"), text);
});

test("many blocks, written in order", async () => {
  const path = join(folder, "many.jsonl");
  const docs = Array.from({ length: 5000 }, (_, i) => new Doc(`${i} ${"x".repeat(100)}`));
  assert.equal(await writeDocs(path, docs), 5000);
  const read = await docsOf(path);
  assert.deepEqual(
    read.map((doc) => doc.text),
    docs.map((doc) => doc.text),
  );
});

test("no documents make an empty file", async () => {
  const path = join(folder, "nothing.jsonl");
  assert.equal(await writeDocs(path, []), 0);
  assert.equal(await readFile(path, "utf8"), "");
});

test("while it writes the old file stays, and after an error too, with nothing beside it", async () => {
  const own = join(folder, "own");
  await mkdir(own);
  const path = join(own, "docs.jsonl");
  await writeFile(path, "old");
  async function* failing() {
    for (let i = 0; i < 2000; i++) yield new Doc("x".repeat(100));
    assert.deepEqual((await readdir(own)).sort(), ["docs.jsonl", `docs.jsonl.tmp-${process.pid}`]);
    assert.equal(await readFile(path, "utf8"), "old");
    throw new Error("out of documents");
  }
  await assert.rejects(writeDocs(path, failing()), { message: "out of documents" });
  assert.equal(await readFile(path, "utf8"), "old");
  assert.deepEqual(await readdir(own), ["docs.jsonl"]);
  await writeDocs(path, [new Doc("new")]);
  assert.deepEqual(await readdir(own), ["docs.jsonl"]);
});

test("a document file may be replaced by what is made out of it", async () => {
  const path = await fileOf("same.jsonl", `${line("one")}\n`);
  await writeDocs(path, readDocs(path));
  assert.equal(await readFile(path, "utf8"), `${line("one")}\n`);
});

test("a target that can't be written", async () => {
  const missing = join(folder, "no", "such", "folder.jsonl");
  await assert.rejects(writeDocs(missing, [new Doc("x")]), {
    code: "L108",
    message: /folder\.jsonl: ENOENT/,
  });
  const taken = join(folder, "taken");
  await mkdir(taken);
  await assert.rejects(writeDocs(taken, [new Doc("x")]), { code: "L108", message: /taken: / });
  assert.deepEqual(
    (await readdir(folder)).filter((name) => name.includes(".tmp-")),
    [],
  );
});

test("a full disk leaves nothing half-written", { skip: process.platform !== "linux" }, async () => {
  await assert.rejects(writeDocs("/dev/full", [new Doc("x")]), {
    code: "L108",
    message: /\/dev\/full: ENOSPC/,
  });
});

test("devices are written to, not replaced; links keep their place", {
  skip: process.platform !== "linux",
}, async () => {
  assert.equal(await writeDocs("/dev/null", [new Doc("x")]), 1);
  assert.ok((await stat("/dev/null")).isCharacterDevice());
  const target = await fileOf("target.jsonl", "old");
  const link = join(folder, "link.jsonl");
  await symlink(target, link);
  await writeDocs(link, [new Doc("x")]);
  assert.equal(await readFile(target, "utf8"), `${line("x")}\n`);
});

test("stdout gets each document at once and sets the pace", async () => {
  const written: string[] = [];
  let made = 0;
  const stdout = new Writable({
    write(chunk, _encoding, done) {
      written.push(String(chunk));
      assert.equal(made, written.length);
      setImmediate(done);
    },
  });
  function* docs() {
    for (; made < 3; ) yield new Doc(`text ${++made}`);
  }
  assert.equal(await writeDocs("-", docs(), { stdout }), 3);
  assert.deepEqual(written, [`${line("text 1")}\n`, `${line("text 2")}\n`, `${line("text 3")}\n`]);
  assert.equal(stdout.writableEnded, false);
  assert.equal(stdout.listenerCount("error"), 0);
});

test("a closed stdout is an error of ours, not an event that ends the process", async () => {
  const stdout = new Writable({
    write(_chunk, _encoding, done) {
      done(new Error("write EPIPE"));
    },
  });
  await assert.rejects(writeDocs("-", [new Doc("x")], { stdout }), {
    code: "L108",
    message: /stdout: write EPIPE/,
  });
  await new Promise(setImmediate);
  assert.equal(stdout.listenerCount("error"), 0);
});
