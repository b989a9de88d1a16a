import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import seedrandom from "seedrandom";
import { COMMAND, jsonLines, linkwright, type Ran, suiteFolder, writeCorpus } from "../fixtures.js";

const folder = suiteFolder();
const corpus = writeCorpus(folder);
const model = join(folder, "my-model");

interface Row {
  readonly id: string;
  readonly ents: readonly { readonly start: number; readonly kb_id: string }[];
}

const rowsOf = (lines: string): Row[] =>
  lines
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as Row);

function done(ran: Ran): Ran {
  assert.equal(ran.status, 0, ran.stderr);
  return ran;
}

function failed(ran: Ran, status: number, message: RegExp): void {
  assert.equal(ran.status, status, ran.stderr);
  assert.match(ran.stderr, message);
}

/** Writes a file, and the folders that it is in. @returns its path */
function fileAt(name: string, content: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

/** Documents of different lengths, some with mentions, some without. */
const manyDocuments = (count: number): object[] =>
  Array.from({ length: count }, (_, i) => {
    const text = `${"It was told. ".repeat(i % 5)}Cattle are sold in Paris, a town in Texas, and Jordan scored ${i}.`;
    const at = text.indexOf("Paris");
    return { id: `${i}`, text, ...(i % 3 > 0 && { ents: [{ start: at, end: at + 5, label: "GPE" }] }) };
  });

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
    failed(apply(fileAt("empty.jsonl", "\n"), "-"), 1, /\[L106\].*empty\.jsonl/);
    failed(apply(corpus.dev, "-", "--workers", "2", "--backend", "webgl"), 1, /\[L301\]/);
  });
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
      assert.ok(expected.startsWith(kept.slice(0, kept.lastIndexOf("\n") + 1)));
      assert.ok(!existsSync(join(place, "out.jsonl")));
      assert.ok(Number(said) <= rowsOf(kept).length);
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
    failed(apply("--resume"), 1, /\[L855\].*in\.jsonl:1 to .*in\.jsonl:128/);
    writeFileSync(broken, lines.join("\n"));
    const ran = done(apply("--resume", "--workers", "2"));
    assert.match(ran.stderr, /goes on after 384 documents/);
    const resumed = readFileSync(out, "utf8");
    rmSync(out);
    done(apply());
    assert.equal(resumed, readFileSync(out, "utf8"));
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
