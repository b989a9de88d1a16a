import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { jsonLines, linkwright, type Ran, suiteFolder, writeCorpus } from "../fixtures.js";
import { done, failed, manyDocuments, rowsOf, writeFileAt } from "./apply-runs.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const model = join(folder, "my-model");
const fileAt = (name: string, content: string): string => writeFileAt(folder, name, content);

before(() => {
  done(linkwright(["train", corpus.config, "-o", model]));
});

describe("linkwright apply", () => {
  it("finds the mentions of raw text, and leaves documents without mentions as they are", () => {
    const text = "Boats go to Paris on the Seine.";
    const raw = fileAt(
      "raw.jsonl",
      jsonLines([
        { id: "raw", text },
        { id: "none", text, ents: [] },
      ]),
    );
    const found = rowsOf(done(linkwright(["apply", model, raw, "-"])).stdout);
    assert.deepEqual(
      found.map(({ ents }) => ents.map(({ start }) => start)),
      [[12], []],
    );
    const detected = rowsOf(done(linkwright(["apply", model, raw, "-", "--detect"])).stdout);
    assert.deepEqual(detected[1]?.ents, detected[0]?.ents);
  });

  it("links a text, and a folder of texts and JSONL in the order of their paths", () => {
    const note = fileAt("texts/b/note.txt", "The king of Jordan spoke in Amman.");
    fileAt("texts/b/empty.txt", "");
    fileAt("texts/a.jsonl", jsonLines([{ id: "a", text: "Zürich" }]));
    fileAt("texts/read.me", "");
    fileAt("texts/none.jsonl", "\n");
    const [single] = rowsOf(done(linkwright(["apply", model, note, "-"])).stdout);
    const out = join(folder, "texts", "out.jsonl");
    for (let time = 0; time < 2; time++) {
      const { stderr } = done(linkwright(["apply", model, dirname(out), out])); // the second does not read the first's
      assert.match(stderr, /^.*texts: 1 other files skipped\n$/);
      const found = rowsOf(readFileSync(out, "utf8"));
      assert.deepEqual(
        found.map(({ id, ents }) => [id, ents.map(({ kb_id }) => kb_id)]),
        [
          ["a", ["Q8"]],
          ["b/empty.txt", []],
          ["b/note.txt", ["Q4"]],
        ],
      );
      assert.deepEqual(found[2]?.ents, single?.ents);
      assert.equal(single?.id, "note.txt");
    }
    assert.deepEqual(readdirSync(dirname(out)), ["a.jsonl", "b", "none.jsonl", "out.jsonl", "read.me"]);
  });

  it("gives the same at any --workers, of files and of stdin", () => {
    const input = jsonLines(manyDocuments(700));
    const file = fileAt("many.jsonl", input);
    const apply = (...more: string[]): string =>
      done(linkwright(["apply", model, ...more, "--candidates"], { input })).stdout;
    const expected = apply(file, "-");
    assert.equal(rowsOf(expected).length, 700);
    assert.equal(apply(file, "-", "--workers", "3"), expected);
    assert.equal(apply("-", "-", "--workers", "2"), expected);
    const out = join(folder, "many-out.jsonl");
    apply(file, out, "--workers", "2");
    assert.equal(readFileSync(out, "utf8"), expected);
  });

  it("names file and line of what is wrong, in threads too, and writes what stands before it", () => {
    const input = `${jsonLines(manyDocuments(300))}{"text": 3}\n`;
    const bad = fileAt("bad/in.jsonl", input);
    for (const workers of ["1", "2"]) {
      const ran = linkwright(["apply", model, bad, "-", "--workers", workers]);
      failed(ran, 1, /^linkwright: \[L102\] .*bad.in\.jsonl:301: text must be a string, found 3\.\n$/);
      assert.equal(rowsOf(ran.stdout).length, 256);
    }
    const latin = join(folder, "bad", "in.txt");
    writeFileSync(latin, Buffer.from("Z\u00fcrich", "latin1"));
    failed(linkwright(["apply", model, latin, "-"]), 1, /\[L107\] .*in\.txt:1/);
  });

  it("refuses what can't be meant", () => {
    const apply = (...args: string[]): Ran => linkwright(["apply", model, ...args]);
    failed(apply(corpus.dev, "-", "--workers", "0"), 2, /--workers must be a whole number from 1/);
    failed(apply(corpus.dev, folder), 1, /\[L853\].*is a folder/);
    failed(apply(corpus.dev, "-", "--resume"), 1, /\[L851\].*- is no file/);
    failed(apply("-", join(folder, "x"), "--resume"), 1, /\[L851\].*- can't be read again/);
    failed(apply(join(folder, "nowhere"), "-"), 1, /\[L100\].*nowhere/);
    failed(apply(join(model, "kb"), "-"), 1, /\[L852\].*kb has no \.txt/);
    fileAt("linked/a.txt", "Zürich");
    symlinkSync(join(folder, "gone"), join(folder, "linked", "b.txt"));
    failed(
      apply(join(folder, "linked"), "-"),
      1,
      /\[L859\] .*b\.txt is among .*linked, but.*ENOENT.*mend it/,
    );
    failed(apply(fileAt("empty.jsonl", "\n"), "-"), 1, /\[L106\].*empty\.jsonl/);
    failed(apply(corpus.dev, "-", "--workers", "2", "--backend", "webgl"), 1, /\[L301\]/);
  });
});

describe("linkwright apply --workers --code", () => {
  const code = join(folder, "plugins.mjs");
  const asked = join(folder, "asked-model");
  const apply = (input: string, ...more: string[]): Ran =>
    linkwright(["apply", asked, "-", "-", "--code", code, ...more], { input });
  before(() => {
    writeFileSync(
      code,
      `import { KnowledgeBase, readKbSource, registry } from "linkwright";
       class FolderKB extends KnowledgeBase {
         entityVectorLength = 64;
         constructor(kb) { super(); this.kb = kb; }
         async getCandidates(mention) {
           if (mention === "bomb") process.exit(3);
           return this.kb.getAliasCandidates(mention);
         }
         async getVector(id) { return this.kb.getVector(id); }
       }
       registry.misc.register("folder.v1", ({ kbPath }) => async () => new FolderKB(await readKbSource(kbPath)));`,
    );
    const loader = '[functions]\nkb_loader = { "@misc" = "folder.v1", kb_path = "source" }\n';
    const config = fileAt(
      "asked.toml",
      readFileSync(corpus.config, "utf8").replace(/^kb = .*$/m, "") + loader,
    );
    done(linkwright(["train", config, "-o", asked, "--code", code]));
  });

  it("a model that asks for its candidates links the same in threads", () => {
    const input = readFileSync(corpus.dev, "utf8");
    const here = done(apply(input)).stdout;
    assert.match(here, /"kb_id":"Q1"/);
    assert.equal(done(apply(input, "--workers", "2")).stdout, here);
  });

  it("refuses raw text where names can't be listed, and tells of a thread that has died", () => {
    failed(apply(jsonLines([{ text: "Paris" }]), "--workers", "2"), 1, /\[L518\].*Mark the mentions/);
    const bomb = jsonLines([{ text: "bomb", ents: [{ start: 0, end: 4 }] }]);
    failed(apply(bomb, "--workers", "2"), 1, /\[L857\].*it ended with code 3/);
    failed(linkwright(["apply", asked, corpus.dev, "-", "--workers", "2"]), 1, /\[E893\].*--code/);
  });
});

describe("docs/apply.md", () => {
  const page = fileURLToPath(new URL("../../../docs/apply.md", import.meta.url));

  it("shows commands that work as they stand there", {
    skip: !existsSync(page) && "there is no docs/apply.md",
  }, () => {
    fileAt("in.jsonl", jsonLines(manyDocuments(3)));
    fileAt("note.txt", "Zürich");
    fileAt("texts/b/note.txt", "Zürich");
    const lines = readFileSync(page, "utf8").match(/^(?:cat|npx) .*$/gm) ?? [];
    assert.equal(lines.length, 5);
    for (const line of lines) {
      const [, args = ""] = /npx linkwright ([^#]*)/.exec(line) ?? [];
      const input = line.startsWith("cat") ? readFileSync(join(folder, "in.jsonl"), "utf8") : "";
      const { stdout } = done(linkwright(args.trim().split(" "), { cwd: folder, input }));
      const found = rowsOf(line.startsWith("cat") ? stdout : readFileSync(join(folder, "out.jsonl"), "utf8"));
      assert.ok(
        found.some(({ ents }) => ents.length > 0),
        line,
      );
    }
  });
});
