import assert from "node:assert/strict";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import tf from "@tensorflow/tfjs-core";
import type { TextCandidate } from "../../src/kb/text-candidate.js";
import type { PairScorer } from "../../src/pairs/pair-scorer.js";
import { priorScorer } from "../../src/pairs/prior-scorer.js";
import { createLinker } from "../../src/pipeline/create-linker.js";
import { modelScorer } from "../../src/pipeline/model-scorer.js";
import { namedMentions } from "../../src/pipeline/named-mentions.js";
import type { TextLinks } from "../../src/pipeline/text-link.js";
import { suiteFolder, tinyKb } from "../fixtures.js";
import { exampleWiki, PAGES } from "./example-wiki.js";

const TEXTS = [
  "Tim Cook announced new Apple products in Cupertino.",
  "Steve Jobs co-founded Apple in a garage in Los Altos.",
] as const;
const RIGHT = [
  ["Tim_Cook", "Apple_Inc.", "Cupertino,_California"],
  ["Steve_Jobs", "Apple_Inc.", "Los_Altos,_California"],
];
const detector = namedMentions(Object.keys(PAGES));
const idsOf = (links: TextLinks): string[] => links.map(({ kbId }) => kbId);

async function collected(texts: AsyncIterable<TextLinks>): Promise<TextLinks[]> {
  const all: TextLinks[] = [];
  for await (const links of texts) all.push(links);
  return all;
}

/** Likes candidates whose text has a word of the context with more than four letters. */
const wordScorer: PairScorer = {
  name: "words",
  scale: "cosine",
  threshold: 0.1,
  score: async (pairs) =>
    pairs.map(({ context, text }) => {
      const words = context.toLowerCase().match(/\p{L}{5,}/gu) ?? [];
      return words.filter((word) => text.toLowerCase().includes(word)).length / Math.max(1, words.length);
    }),
};

describe("createLinker with candidates of a wiki", () => {
  it("links the two sentences without any model of one's own, whichever Apple comes first", async () => {
    for (const turn of [0, 1, 2, 3]) {
      const turned = PAGES.Apple?.map((_, i, pages) => pages[(i + turn) % pages.length] as TextCandidate);
      const source = exampleWiki((pages) => (pages === PAGES.Apple ? (turned ?? []) : pages));
      const linker = await createLinker({ candidates: source, detector });
      assert.deepEqual((await collected(linker.linkAll(TEXTS))).map(idsOf), RIGHT);
    }
  });

  it("believes pages that only speak of a name less than those that bear it", async () => {
    const text = "Mac computers and other products, made by Apple of Cupertino with macOS.";
    const macos = { id: "MacOS", title: "macOS", url: "", text };
    const source = exampleWiki((pages) => [...pages, macos]);
    const linker = await createLinker({ candidates: source, detector });
    const [, , city] = await linker.link(TEXTS[0]);
    assert.equal(city?.kbId, "Cupertino,_California");
    assert.equal(city?.candidates.find(({ kbId }) => kbId === "MacOS")?.match, "partial");
  });

  it("links what is unsure where a search found it, and nothing below a threshold", async () => {
    const by = async (options: object): Promise<string[]> =>
      idsOf(await (await createLinker({ candidates: exampleWiki(), detector, ...options })).link(TEXTS[1]));
    assert.deepEqual(await by({ threshold: 0 }), RIGHT[1]);
    assert.deepEqual(await by({ threshold: 0.9 }), ["Steve_Jobs", "Apple_Inc.", "NIL"]);
  });

  it("gives mention, place, title, address, score and candidates, best first", async () => {
    const linker = await createLinker({ candidates: exampleWiki() });
    const spans = [{ start: 23, end: 28, label: "ORG" }];
    const [link] = await linker.link(TEXTS[0], { spans });
    const { candidates, score, ...rest } = link ?? assert.fail("a link");
    assert.deepEqual(rest, {
      mention: "Apple",
      label: "ORG",
      start: 23,
      end: 28,
      kbId: "Apple_Inc.",
      title: "Apple Inc.",
      url: "https://en.wikipedia.org/wiki/Apple_Inc.",
      reason: "linked",
    });
    assert.ok(score > 0.5 && score <= 1, `${score}`);
    const scores = candidates.map((candidate) => candidate.score);
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a),
    );
    assert.equal(scores.length, 4);
    assert.equal(candidates[0]?.url, rest.url);
    assert.equal(typeof candidates[0]?.context, "number");
  });

  it("gives one text the links that it has among others, and leaks no tensor", async () => {
    const linker = await createLinker({ candidates: exampleWiki(), detector });
    const together = await collected(linker.linkAll(TEXTS));
    const tensors = tf.memory().numTensors;
    for (const [i, text] of TEXTS.entries()) assert.deepEqual(await linker.link(text), together[i]);
    assert.equal(tf.memory().numTensors, tensors);
  });

  it("asks for all mentions of a batch at once, each once, white space folded", async () => {
    const source = exampleWiki();
    const linker = await createLinker({
      candidates: source,
      detector: namedMentions(["Apple", "Tim Cook", "Tim\n Cook"]),
    });
    const texts = ["Apple, Apple, Tim Cook.", "Tim\n Cook of Apple.", "nobody"];
    const linked = await collected(linker.linkAll(texts, { batchSize: 3 }));
    assert.deepEqual(source.asked, [["Apple", "Tim Cook"]]);
    assert.deepEqual(
      linked.map((links) => links.length),
      [3, 2, 0],
    );
    assert.equal(linked[1]?.[0]?.mention, "Tim\n Cook");
    assert.equal(linked[1]?.[0]?.kbId, "Tim_Cook");
    await collected(linker.linkAll(texts, { batchSize: 1 }));
    assert.deepEqual(source.asked.slice(1), [
      ["Apple", "Tim Cook"],
      ["Tim Cook", "Apple"],
    ]);
  });

  it("leaves labels out that are not linkable before anything is asked", async () => {
    const source = exampleWiki();
    const text = "Apple paid 3 dollars to Tim Cook.";
    const spans = [
      { start: 0, end: 5, label: "PRODUCT" },
      { start: 11, end: 20, label: "MONEY" },
      { start: 24, end: 32, label: "PERSON" },
    ];
    const byDefault = await createLinker({ candidates: source });
    assert.deepEqual(
      (await byDefault.link(text, { spans })).map(({ mention }) => mention),
      ["Tim Cook"],
    );
    assert.deepEqual(source.asked, [["Tim Cook"]]);
    const own = await createLinker({ candidates: source, linkableLabels: ["MONEY"] });
    const [money, ...others] = await own.link(text, { spans });
    assert.deepEqual([money?.reason, money?.kbId, money?.score, others], ["no_candidates", "NIL", 1, []]);
    const all = await createLinker({ candidates: source, linkableLabels: null });
    assert.equal((await all.link(text, { spans })).length, 3);
  });

  it("finds no mention, and asks nobody then", async () => {
    const source = exampleWiki();
    const linker = await createLinker({ candidates: source, detector });
    assert.deepEqual(await linker.link("Nothing to see."), []);
    assert.deepEqual(await linker.link(""), []);
    assert.deepEqual(await collected(linker.linkAll([])), []);
    assert.deepEqual(source.asked, []);
  });

  it("takes a scorer of pairs, with its threshold or another", async () => {
    const by = async (options: object) =>
      (await createLinker({ candidates: exampleWiki(), detector, ...options })).link(TEXTS[0]);
    assert.equal((await by({ scorer: wordScorer }))[1]?.kbId, "Apple_Inc.");
    const [, strict] = await by({ scorer: wordScorer, threshold: 0.9 });
    assert.deepEqual(
      [strict?.kbId, strict?.reason, strict?.title, strict?.url],
      ["NIL", "below_threshold", "", ""],
    );
    assert.equal(strict?.score, strict?.candidates[0]?.score, "the best candidate's");
    const [, likeliest] = await by({ scorer: priorScorer() });
    assert.equal(likeliest?.kbId, "Apple", "the first that the search gave");
    assert.deepEqual(
      likeliest?.candidates.map(({ prior }) => prior.toFixed(2)),
      ["0.48", "0.24", "0.16", "0.12"],
    );
    const [, unsure] = await by({ scorer: priorScorer(), threshold: 0.6 });
    assert.deepEqual([unsure?.kbId, unsure?.score.toFixed(2)], ["NIL", "0.52"], "probability of being wrong");
  });

  it("reads ten words on each side, or as many as it is told", async () => {
    const contexts = new Set<string>();
    const scorer: PairScorer = {
      ...wordScorer,
      score: async (pairs) => pairs.map(({ context }) => contexts.add(context).size),
    };
    const before = Array.from({ length: 12 }, (_, i) => `b${i}`).join(" ");
    const after = Array.from({ length: 12 }, (_, i) => `a${i}`).join(", ");
    const text = `${before} Apple ${after}.`;
    for (const contextTokens of [undefined, 1, 0, 1000]) {
      const linker = await createLinker({ candidates: exampleWiki(), detector, scorer, contextTokens });
      await linker.link(text);
    }
    const [ten, one, none, all] = contexts;
    assert.equal(ten, text.slice(text.indexOf("b2"), text.indexOf(", a10")));
    assert.deepEqual([one, none], ["b11 Apple a0", "Apple"]);
    assert.equal(all, text.slice(0, -1), "words alone");
  });

  it("passes a signal on and stops", async () => {
    const linker = await createLinker({ candidates: exampleWiki(), detector });
    await assert.rejects(linker.link(TEXTS[0], { signal: AbortSignal.abort(new Error("enough")) }), /enough/);
    const controller = new AbortController();
    const slow = await createLinker({
      detector,
      candidates: {
        candidates: (_, { signal } = {}) =>
          new Promise((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason))),
      },
    });
    const links = slow.link(TEXTS[0], { signal: controller.signal });
    setTimeout(() => controller.abort(new Error("enough")));
    await assert.rejects(links, /enough/);
  });

  it("uses a model scorer as a scorer of pairs too", async () => {
    const scorer = modelScorer();
    const context = TEXTS[0];
    const pairs = (PAGES.Apple ?? []).map(({ title, text }) => ({ mention: "Apple", context, title, text }));
    const scores = Array.from(
      await scorer.score([
        ...pairs,
        { ...(pairs[0] as (typeof pairs)[0]), context: "an Apple from the tree" },
      ]),
    );
    assert.equal(scores.indexOf(Math.max(...scores.slice(0, 4))), 1);
    assert.equal(scores.length, 5);
    assert.ok(
      scores.every((score) => score >= 0 && score <= 1) && (scores[4] as number) > (scores[0] as number),
    );
  });
});

describe("createLinker with a knowledge base", () => {
  const kb = join(suiteFolder(), "kb");
  before(() => tinyKb().toDisk(kb));

  it("finds its names, links them, and says where they can be read", async () => {
    const linker = await createLinker({ model: kb, urls: "https://example.org/{id}?x" });
    const links = await linker.link("The player Michael Jordan ate an Apple in Zürich.");
    assert.deepEqual(
      links.map(({ mention, kbId, title, url, label }) => [mention, kbId, title, url, label]),
      [
        ["Michael Jordan", "Q5", "Michael Jordan", "https://example.org/Q5?x", "PERSON"],
        ["Apple", "Q6", "Apple", "https://example.org/Q6?x", "ORG"],
        ["Zürich", "Q8", "Zürich", "https://example.org/Q8?x", "GPE"],
      ],
    );
    assert.equal((await linker.link("Zürich"))[0]?.candidates[0]?.match, "exact");
  });

  it("lets a scorer of pairs choose among its candidates, and its own model among foreign ones", async () => {
    const byWords = await createLinker({ model: kb, scorer: wordScorer, linkableLabels: null });
    const [fruit] = await byWords.link("Cider is pressed from the Apple, a fruit.");
    assert.deepEqual([fruit?.kbId, fruit?.title], ["Q7", "apple"]);
    const spans = [{ start: 0, end: 5 }];
    assert.equal((await byWords.link("Apple makes computers and phones", { spans }))[0]?.kbId, "Q6");
  });

  it("refuses what it can't mean", async () => {
    const refused: [object, RegExp][] = [
      [{}, /\[L822\]/],
      [{ modle: kb }, /\[L001\].*modle/],
      [{ model: kb, contextTokens: -1 }, /\[L510\].*contextTokens is -1/],
      [{ model: kb, nSents: 0.5 }, /\[L510\].*nSents is 0.5/],
      [{ model: kb, threshold: Number.NaN }, /\[L510\].*threshold is NaN/],
      [
        { model: kb, threshold: "0.5" },
        /\[L510\] createLinker\(\): threshold is "0\.5"\. Expected a number\./,
      ],
      [{ model: 7 }, /\[L510\].*model is 7\. Expected the path/],
      [{ candidates: {} }, /\[L510\] createLinker\(\): candidates is \{\}\. Expected a source.*mediaWiki/],
      [{ candidates: null }, /\[L510\].*candidates is null/],
      [{ model: kb, detector: {} }, /\[L510\].*detector is \{\}\. Expected.*namedMentions/],
      [{ model: kb, scorer: { threshold: 0 } }, /\[L510\].*scorer is \{"threshold":0\}/],
      [{ model: kb, scorer: { ...wordScorer, threshold: undefined } }, /\[L510\].*scorer\.threshold is null/],
      [{ model: kb, scorer: { ...wordScorer, scale: "percent" } }, /\[L510\].*scorer\.scale is "percent"/],
      [{ model: kb, linkableLabels: "PERSON" }, /\[L510\].*linkableLabels is "PERSON"\. Expected a list/],
      [{ model: kb, linkableLabels: [7] }, /\[L510\].*linkableLabels is \[7\]/],
      [{ model: kb, urls: "https://example.org/" }, /\[L827\].*example\.org/],
      [{ model: join(kb, "nowhere") }, /\[L402\]/],
    ];
    for (const [options, message] of refused) await assert.rejects(createLinker(options), message);
    const linker = await createLinker({ candidates: exampleWiki() });
    await assert.rejects(linker.link("Apple", { spans: [{ start: 0, end: 9 }] }), /\[L103\]/);
    await assert.rejects(linker.link("\u{1f34e}", { spans: [{ start: 1, end: 2 }] }), /\[L104\]/);
    await assert.rejects(linker.link(7 as unknown as string), /\[L102\]/);
    await assert.rejects(
      linker.link(undefined as never),
      /\[L102\] the text: text must be a string, found nothing/,
    );
    await assert.rejects(linker.link("x", { span: [] } as object), /\[L001\]/);
  });

  it("refuses one text in place of several, and batches that never end", async () => {
    const linker = await createLinker({ candidates: exampleWiki(), detector });
    await assert.rejects(
      collected(linker.linkAll("Apple")),
      /\[L102\] linkAll\(\): texts must be a list.*"Apple"/,
    );
    await assert.rejects(collected(linker.linkAll(undefined as never)), /\[L102\].*found nothing/);
    await assert.rejects(collected(linker.linkAll([undefined as never])), /\[L102\] the text: text/);
    for (const batchSize of [Number.NaN, 0, 1.5, "2" as never]) {
      await assert.rejects(collected(linker.linkAll([], { batchSize })), /\[L510\] linkAll\(\): batchSize/);
    }
  });

  it("names the mention or the scorer whose answer is none", async () => {
    const spans = [{ start: 0, end: 5 }];
    const good = PAGES.Apple as NonNullable<(typeof PAGES)[string]>;
    const answers: [unknown, RegExp][] = [
      [undefined, /\[L824\].*found|\[L824\]/],
      [[], /\[L824\].*0 lists/],
      [["Apple"], /\[L824\].*"Apple".*list of candidates/],
      [[[{ ...good[0], id: "" }]], /\[L824\].*"Apple".*id/],
      [[[{ ...good[0], title: undefined }]], /\[L824\].*title/],
      [[[{ ...good[0], prior: 1.5 }]], /\[L824\].*1\.5.*prior/],
    ];
    for (const [answer, message] of answers) {
      const linker = await createLinker({ candidates: { candidates: async () => answer as never } });
      await assert.rejects(linker.link("Apple", { spans }), message);
    }
    const scores: [unknown, RegExp][] = [
      [[1], /\[L825\].*words.*1 scores.*4/],
      [[0, Number.NaN, 0, 0], /\[L825\].*NaN.*"Apple Inc\."/],
    ];
    for (const [given, message] of scores) {
      const scorer = { ...wordScorer, score: async () => given as number[] };
      const linker = await createLinker({ candidates: exampleWiki(), scorer });
      await assert.rejects(linker.link("Apple", { spans }), message);
    }
  });
});
