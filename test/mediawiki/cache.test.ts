/** What was asked once is not asked again: in memory, in files, offline. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeEach, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { CachedCandidates, CandidateCache } from "../../src/mediawiki/candidate-cache.js";
import { fileCache } from "../../src/mediawiki/file-cache.js";
import { mediaWiki } from "../../src/mediawiki/media-wiki.js";
import type { MediaWikiOptions } from "../../src/mediawiki/options.js";
import { temporaryFolder } from "../kb/small-kb.js";
import { status, tinyWiki } from "./tiny-wiki.js";

const DAY = 86_400_000;
const wiki = await tinyWiki();
const source = (options: MediaWikiOptions = {}) =>
  mediaWiki({ api: wiki.api, tries: 1, now: () => clock, ...options });
let clock: number;

beforeEach(() => {
  clock = 100 * DAY;
  wiki.asked.length = 0;
  wiki.faults = [];
});

async function filesOf(folder: string): Promise<string[]> {
  const names = await readdir(folder, { recursive: true });
  return names.filter((name) => name.includes(".")).map((name) => join(folder, name));
}

describe("answers in memory", () => {
  it("are given again, none found too, until they are too old", async () => {
    const one = source();
    const first = await one.candidates(["Apple", "Nobody"]);
    assert.deepEqual(await one.candidates(["apple", "Nobody"]), first);
    assert.equal(wiki.asked.length, 2);
    clock += 30 * DAY;
    await one.candidates(["Apple"]);
    assert.equal(wiki.asked.length, 2);
    clock++;
    await one.candidates(["Apple"]);
    assert.equal(wiki.asked.length, 3);
    const young = source({ maxAgeMs: 1000 });
    await young.candidates(["Apple"]);
    clock -= 1001;
    await young.candidates(["Apple"]);
    assert.equal(wiki.asked.length, 5, "a clock that was set back");
  });

  it("that were not used for longest go first", async () => {
    const one = source({ memoryEntries: 2, concurrency: 1 });
    for (const mention of ["Apple", "Zürich", "Apple", "Tim Cook", "Apple", "Zürich"])
      await one.candidates([mention]);
    assert.equal(wiki.asked.length, 4);
    const none = source({ memoryEntries: 0 });
    for (const mention of ["Apple", "Apple"]) await none.candidates([mention]);
    assert.equal(wiki.asked.length, 6);
  });

  it("are no failures", async () => {
    wiki.faults = [status(500)];
    const one = source();
    await assert.rejects(one.candidates(["Apple"]), { code: "L804" });
    assert.equal((await one.candidates(["Apple"]))[0]?.length, 4);
  });
});

describe("answers in files", () => {
  it("make the second run ask nothing", async (context) => {
    const cache = fileCache(join(await temporaryFolder(context), "not", "yet"));
    const mentions = ["Apple", "Nobody", "Mercury", "apple", "Zürich", "Tim Cook"];
    const first = await source({ cache }).candidates(mentions);
    const asked = wiki.asked.length;
    assert.deepEqual(await source({ cache }).candidates(mentions), first);
    assert.deepEqual(await source({ cache, offline: true }).candidates(mentions), first);
    assert.equal(wiki.asked.length, asked);
    await source({ cache, limit: 3 }).candidates(["Apple"]);
    assert.equal(wiki.asked.length, asked + 1, "other settings, other answers");
  });

  it("count as not there once too old, by the shorter of both limits", async (context) => {
    const folder = await temporaryFolder(context);
    const cache = fileCache(folder, { maxAgeMs: 60 * DAY, now: () => clock });
    await source({ cache }).candidates(["Apple"]);
    clock += 59 * DAY;
    await source({ cache }).candidates(["Apple"]);
    assert.equal(wiki.asked.length, 1);
    await source({ cache, maxAgeMs: DAY }).candidates(["Apple"]);
    assert.equal(wiki.asked.length, 2);
    clock += 61 * DAY;
    await assert.rejects(source({ cache, offline: true }).candidates(["Apple"]), { code: "L808" });
    assert.equal(await cache.prune(), 1);
    assert.deepEqual(await filesOf(folder), []);
  });

  it("that are damaged are asked for anew, and put right", async (context) => {
    const folder = await temporaryFolder(context);
    const cache = fileCache(folder);
    const [whole] = await source({ cache }).candidates(["Apple"]);
    const [file] = (await filesOf(folder)) as [string];
    const text = await readFile(file, "utf8");
    const wrongs = [
      "",
      text.slice(0, -9),
      "null",
      text.replace('"title"', '"tilte"'),
      text.replace(/"key":"/, '"key":"x'),
    ];
    for (const wrong of wrongs) {
      await writeFile(file, wrong);
      wiki.asked.length = 0;
      assert.deepEqual((await source({ cache }).candidates(["Apple"]))[0], whole);
      assert.equal(wiki.asked.length, 1, wrong);
      assert.equal(await readFile(file, "utf8"), text);
    }
  });

  it("that were left half written are swept up, and nothing of anybody else", async (context) => {
    const folder = await temporaryFolder(context);
    const cache = fileCache(folder);
    await source({ cache }).candidates(["Apple"]);
    const [file] = (await filesOf(folder)) as [string];
    await mkdir(join(folder, "ab"));
    const stale = `${file}.${"0".repeat(16)}.tmp`;
    for (const path of [
      stale,
      `${file}.${"1".repeat(16)}.tmp`,
      join(folder, "ab", "mine.json"),
      join(folder, "mine.json"),
    ])
      await writeFile(path, "{");
    await utimes(stale, 1, 1);
    assert.equal(await cache.prune(), 1);
    assert.equal((await filesOf(folder)).length, 4);
    assert.equal(await fileCache(join(folder, "nothing")).prune(), 0);
  });

  it("are whole whatever several processes do to them at once", async (context) => {
    const folder = await temporaryFolder(context);
    const at = fileURLToPath(new URL("../../src/mediawiki/", import.meta.url));
    const program = `
      import { fileCache } from ${JSON.stringify(join(at, "file-cache.js"))};
      const cache = fileCache(process.argv[1]);
      const candidates = [{ id: "Q1", title: "T", url: "", text: "x".repeat(50000) }];
      for (let i = 0; i < 300; i++) {
        await cache.set("key" + (i % 3), { time: Date.now(), candidates });
        const found = await cache.get("key" + (i % 2));
        if (found?.candidates[0].text.length !== 50000) throw new Error("half at " + i);
      }`;
    const run = (): Promise<unknown> =>
      promisify(execFile)(process.execPath, ["--input-type=module", "-e", program, folder]);
    await Promise.all([run(), run(), run()]);
    assert.equal((await filesOf(folder)).length, 3);
  });

  it("are read without running out of files that may be open", async (context) => {
    const cache = fileCache(await temporaryFolder(context));
    const keys = Array.from({ length: 3000 }, (_, i) => `key ${i}`);
    await Promise.all(keys.map((key, time) => cache.set(key, { time, candidates: [] })));
    const found = await Promise.all(keys.map((key) => cache.get(key)));
    assert.ok(found.every((answer, i) => answer?.time === i));
  });

  it("L811: the folder can't be used", async (context) => {
    const file = join(await temporaryFolder(context), "file");
    await writeFile(file, "");
    await assert.rejects(source({ cache: fileCache(file) }).candidates(["Apple"]), {
      code: "L811",
      message: /Can't use the cache .*file: .*\. Name a folder that may be written/,
    });
    assert.throws(() => fileCache(file, { maxAge: 1 } as object), { code: "L001" });
    assert.throws(() => fileCache(file, { maxAgeMs: -1 }), { code: "L802" });
  });
});

describe("offline", () => {
  it("names what it can't answer, and asks nobody", async (context) => {
    const cache = fileCache(await temporaryFolder(context));
    await source({ cache }).candidates(["Apple"]);
    wiki.asked.length = 0;
    const offline = source({ cache, offline: true });
    assert.equal((await offline.candidates(["Apple", ""]))[0]?.length, 4);
    await assert.rejects(offline.candidates(["Apple", "Zürich", "Tim Cook"]), {
      code: "L808",
      message: /No candidates for "Zürich", "Tim Cook": the cache has no answer/,
      mentions: ["Zürich", "Tim Cook"],
      tries: 0,
    });
    assert.equal(wiki.asked.length, 0);
  });
});

describe("a cache of one's own", () => {
  const slow = (delay: number): CandidateCache & { readonly answers: Map<string, CachedCandidates> } => {
    const answers = new Map<string, CachedCandidates>();
    const later = () => new Promise((resolve) => setTimeout(resolve, delay));
    return {
      answers,
      get: async (key) => {
        const answer = answers.get(key);
        await later();
        return answer;
      },
      set: async (key, answer) => {
        await later();
        answers.set(key, answer);
      },
    };
  };

  it("has the answer when the call ends, and is asked for all mentions of titles before the wiki is", async () => {
    const cache = slow(2);
    const one = source({ cache, lookUp: "titles" });
    await one.candidates(["Apple"]);
    assert.equal(cache.answers.size, 1);
    await one.candidates(["Apple", "Zürich", "Tim Cook"]);
    assert.deepEqual(
      wiki.asked.map(({ query }) => query.get("titles")),
      ["Apple", "Zürich|Tim Cook"],
    );
  });

  it("does not make those who come while it is slow ask again", async () => {
    const gets: (() => void)[] = [];
    const cache: CandidateCache = {
      get: () => new Promise((resolve) => gets.push(() => resolve(undefined))),
      set: () => {},
    };
    const one = source({ cache });
    const [early, late] = [one.candidates(["Apple"]), one.candidates(["Apple"])];
    gets[0]?.();
    const first = await early;
    gets[1]?.();
    assert.deepEqual(await late, first);
    assert.equal(wiki.asked.length, 1);
  });

  it("is asked once for what it has", async () => {
    const cache = slow(0);
    await source({ cache }).candidates(["Apple"]);
    const one = source({ cache });
    await one.candidates(["Apple"]);
    cache.answers.clear();
    assert.equal((await one.candidates(["Apple"]))[0]?.length, 4);
    assert.equal(wiki.asked.length, 1);
  });

  it("that gives nonsense is not believed", async () => {
    for (const nonsense of [null, {}, { time: clock }, { time: clock, candidates: [{ id: 1 }] }]) {
      const cache = { get: () => nonsense as unknown as CachedCandidates, set: () => {} };
      assert.equal((await source({ cache }).candidates(["Apple"]))[0]?.length, 4);
    }
  });

  it("that another process refreshed is asked before the wiki is", async () => {
    const cache = slow(0);
    const [one, other] = [source({ cache }), source({ cache })];
    await one.candidates(["Apple"]);
    clock += 31 * DAY;
    await other.candidates(["Apple"]);
    await one.candidates(["Apple"]);
    assert.equal(wiki.asked.length, 2);
  });

  it("that fails is no silent loss", async () => {
    const cache: CandidateCache = {
      get: () => undefined,
      set: () => Promise.reject(new Error("disk full")),
    };
    await assert.rejects(source({ cache }).candidates(["Apple"]), { message: "disk full" });
  });
});
