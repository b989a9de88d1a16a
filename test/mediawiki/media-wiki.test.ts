/** What candidates a wiki gives, and with how many requests. */
import assert from "node:assert/strict";
import { beforeEach, describe, it } from "node:test";
import type { TextCandidate } from "../../src/kb/text-candidate.js";
import { mediaWiki } from "../../src/mediawiki/media-wiki.js";
import type { MediaWikiOptions } from "../../src/mediawiki/options.js";
import { VERSION } from "../../src/version.js";
import { apiError, never, pass, say, sendJson, tinyWiki, until } from "./tiny-wiki.js";

const wiki = await tinyWiki();
const source = (options: MediaWikiOptions = {}) => mediaWiki({ api: wiki.api, ...options });
const titlesOf = (lists: readonly (readonly TextCandidate[])[]): string[][] =>
  lists.map((list) => list.map(({ title }) => title));
const queries = (name: string): (string | null)[] => wiki.asked.map(({ query }) => query.get(name));

beforeEach(() => {
  wiki.asked.length = 0;
  wiki.faults = [];
  wiki.extractsAtOnce = 20;
});

describe("mediaWiki by search", () => {
  it("gives the pages that a mention may mean, best first, with one request", async () => {
    const [candidates] = await source().candidates(["Apple"]);
    assert.deepEqual(candidates?.[0], {
      id: "Q312",
      title: "Apple Inc.",
      url: "http://tiny.example/wiki/Apple_Inc.",
      text: "Apple Inc. is an American technology company. It is in Cupertino.",
    });
    assert.deepEqual(
      candidates?.map(({ id }) => id),
      ["Q312", "Q89", "Q213710", "Apple of my own"],
      "an empty summary and a talk page are none",
    );
    assert.equal(wiki.asked.length, 1);
  });

  it("asks once about each mention, in whatever order, case and space", async () => {
    const lists = await source().candidates([
      "Tim Cook",
      "Apple",
      " tim \n cook",
      "",
      "TIM COOK",
      "Nobody at all",
    ]);
    assert.deepEqual(titlesOf(lists.slice(0, 1)), [["Tim Cook"]]);
    assert.deepEqual(lists[2], lists[0]);
    assert.deepEqual(lists[4], lists[0]);
    assert.equal(lists[1]?.length, 4);
    assert.deepEqual([lists[3], lists[5]], [[], []]);
    assert.deepEqual(queries("gsrsearch"), ["Tim Cook", "Apple", "Nobody at all"]);
    assert.deepEqual(await source().candidates([]), []);
  });

  it("gives lists of one's own", async () => {
    const [a, b] = await source().candidates(["Apple", "apple"]);
    a?.pop();
    assert.equal(b?.length, 4);
  });

  it("keeps to the limit, and asks for a few more, as some are none", async () => {
    const [candidates] = await source({ limit: 2 }).candidates(["Apple"]);
    assert.equal(candidates?.length, 2);
    await source({ limit: 19 }).candidates(["Apple"]);
    assert.deepEqual(queries("gsrlimit"), ["6", "20"]);
  });

  it("follows what is to be continued until the batch is complete, and no further", async () => {
    wiki.extractsAtOnce = 2;
    const [candidates] = await source({ limit: 1 }).candidates(["Apple"]);
    assert.deepEqual([candidates?.[0]?.id, candidates?.[0]?.text.slice(0, 9)], ["Q312", "Apple Inc"]);
    assert.deepEqual(queries("excontinue"), [null, "2", "4"]);
    assert.deepEqual(queries("continue"), [null, "||pageprops|info", "||pageprops|info"]);
    assert.deepEqual(new Set(queries("gsrsearch")), new Set(["Apple"]), "the request goes on");
    assert.deepEqual(queries("gsroffset"), [null, null, null], "further results are not wanted");
  });

  it("drops disambiguation pages, and follows one where there is nothing else", async () => {
    assert.deepEqual(titlesOf(await source().candidates(["Mercury"])), [
      ["Mercury (planet)", "Mercury (element)"],
    ]);
    assert.equal(wiki.asked.length, 1);
    const only = say(
      JSON.stringify({
        batchcomplete: true,
        query: {
          pages: [
            { title: "Mercury", ns: 0, index: 1, extract: "may be", pageprops: { disambiguation: "" } },
          ],
        },
      }),
    );
    wiki.faults = [only];
    const lists = await source().candidates(["Mercury"]);
    assert.deepEqual(titlesOf(lists), [["Mercury (element)", "Mercury (planet)", "Hydrargyrum"]]);
    assert.deepEqual(queries("generator").slice(1), ["search", "links"]);
    wiki.faults = [only];
    assert.deepEqual(await source({ expandDisambiguation: false }).candidates(["Mercury"]), [[]]);
    assert.equal(wiki.asked.length, 4);
    wiki.extractsAtOnce = 1;
    assert.deepEqual(titlesOf(await source().candidates(["Mercury"])), [
      ["Mercury (planet)", "Mercury (element)"],
    ]);
  });

  it("takes a wiki's older format, and pages that were found but are gone", async () => {
    wiki.faults = [
      say(
        JSON.stringify({
          continue: { gsroffset: 10, continue: "gsroffset||" },
          warnings: { extracts: { "*": "something else" } },
          query: {
            redirects: [{ index: 1, from: "A", to: "B" }],
            pages: {
              "7": { pageid: 7, ns: 0, title: "B", extract: "b", pageprops: [] },
              "-1": { ns: 0, title: "C", index: 1, missing: "" },
              "8": { pageid: 8, ns: 0, title: "D", index: 2, extract: " d\n" },
            },
          },
        }),
      ),
    ];
    assert.deepEqual(await source().candidates(["x"]), [
      [
        { id: "B", title: "B", url: "", text: "b" },
        { id: "D", title: "D", url: "", text: "d" },
      ],
    ]);
  });

  it("searches for words, not for operators", async () => {
    const mentions = [
      '"Weird Al" -Yankovic',
      "intitle:foo*",
      "Rock AND Roll",
      "Mission: Impossible",
      "AT&T",
      "?!",
      "C++",
    ];
    await source().candidates([...mentions, "x".repeat(400)]);
    const expected = [
      "Weird Al Yankovic",
      "intitle foo",
      "Rock and Roll",
      "Mission: Impossible",
      "AT&T",
      "C++",
    ];
    assert.deepEqual(queries("gsrsearch"), [...expected, "x".repeat(300)]);
  });

  it("says who asks, and what it wants", async () => {
    await source().candidates(["Apple"]);
    const headers = { Authorization: "Bearer t" };
    await source({
      userAgent: "my-tool/1 (me@example.org)",
      headers,
      maxlag: false,
      characters: 200,
    }).candidates(["Apple"]);
    const [first, second] = wiki.asked;
    assert.equal(
      first?.headers["user-agent"],
      `linkwright/${VERSION} (https://www.npmjs.com/package/linkwright)`,
    );
    assert.equal(second?.headers["user-agent"], "my-tool/1 (me@example.org)");
    assert.equal(second?.headers.authorization, "Bearer t");
    assert.deepEqual(queries("maxlag"), ["5", null]);
    assert.deepEqual(queries("exsentences"), ["3", null]);
    assert.deepEqual(queries("exchars"), [null, "200"]);
    assert.deepEqual(queries("origin"), [null, null]);
  });

  it("asks from a browser as a page may", async () => {
    Object.assign(globalThis, { document: {} });
    try {
      await source().candidates(["Apple"]);
    } finally {
      Reflect.deleteProperty(globalThis, "document");
    }
    const [{ query, headers }] = wiki.asked as [(typeof wiki.asked)[0]];
    assert.equal(query.get("origin"), "*");
    assert.match(String(headers["api-user-agent"]), /^linkwright/);
  });
});

describe("mediaWiki by titles", () => {
  const titles = (options: MediaWikiOptions = {}) => source({ lookUp: "titles", ...options });

  it("asks about all titles together, and searches for what is no page or several things", async () => {
    const lists = await titles().candidates([
      "tim Cook",
      "Quicksilver",
      "Cupertino",
      "Mercury",
      "Zu\u0308rich",
      "Planet",
    ]);
    assert.deepEqual(titlesOf(lists), [
      ["Tim Cook"],
      ["Mercury (element)"],
      ["Cupertino, California"],
      ["Mercury (planet)", "Mercury (element)"],
      ["Zürich"],
      ["Mercury (planet)"],
    ]);
    assert.deepEqual(queries("titles"), ["tim Cook|Quicksilver|Cupertino|Mercury|Zürich|Planet", null, null]);
    assert.deepEqual(queries("gsrsearch"), [null, "Mercury", "Planet"]);
  });

  it("takes as many at once as texts are given of, and no longer address than servers take", async () => {
    const many = Array.from({ length: 120 }, (_, i) => `Nothing ${i}`);
    await titles().candidates(many);
    const counts = queries("titles").flatMap((list) => (list ? [list.split("|").length] : []));
    assert.deepEqual(counts, [20, 20, 20, 20, 20, 20]);
    wiki.asked.length = 0;
    await titles().candidates(Array.from({ length: 20 }, (_, i) => `${"й".repeat(100)}${i}`));
    const long = queries("titles").flatMap((list) => (list ? [encodeURIComponent(list).length] : []));
    assert.ok(long.length === 3 && Math.max(...long) < 5500, String(long));
  });

  it("does not ask for what can't be a title", async () => {
    await titles().candidates(["a|b", "C#", "[x]", ":colon", "y".repeat(256)]);
    assert.deepEqual(new Set(queries("generator")), new Set(["search"]));
  });

  it("gives the page of the name first and then what the search finds, with both", async () => {
    const lists = await titles({ lookUp: "both" }).candidates(["Apple", "Quicksilver"]);
    assert.deepEqual(titlesOf(lists)[0], ["Apple", "Apple Inc.", "Apple Records", "Apple of my own"]);
    assert.deepEqual(titlesOf(lists)[1], ["Mercury (element)"]);
    assert.equal(wiki.asked.length, 3);
  });

  it("continues titles too, and knows titles of other wikis", async () => {
    wiki.extractsAtOnce = 1;
    assert.deepEqual(titlesOf(await titles().candidates(["Apple", "Zürich"])), [["Apple"], ["Zürich"]]);
    assert.equal(wiki.asked.length, 2);
    wiki.faults = [
      (response) =>
        sendJson(response, {
          batchcomplete: true,
          query: { interwiki: [{ title: "fr:Paris", iw: "fr" }], pages: [] },
        }),
    ];
    assert.deepEqual(titlesOf(await titles({ tries: 1 }).candidates(["fr:Paris"])), [[]]);
  });

  it("takes no page that was not asked for", async () => {
    const other: (typeof wiki.faults)[0] = (response) => {
      const pages = [{ ns: 0, title: "Something else", extract: "No.", pageid: 4 }];
      sendJson(response, { batchcomplete: true, query: { pages } });
    };
    wiki.faults = [other];
    assert.deepEqual(titlesOf(await titles({ backoffMs: 0 }).candidates(["Zürich"])), [["Zürich"]]);
    wiki.faults = [other, other];
    await assert.rejects(titles({ tries: 2, backoffMs: 0 }).candidates(["Zürich"]), {
      code: "L806",
      message: /No candidates for "Zürich": .* nothing about the title "Zürich" \(2 tries\)/,
    });
  });
});

describe("mediaWiki for several callers", () => {
  it("has as many requests under way as allowed, and no more", async () => {
    const held: (() => void)[] = [];
    wiki.faults = Array.from({ length: 12 }, () => (_, answer) => held.push(answer));
    const mentions = Array.from({ length: 12 }, (_, i) => `Apple ${i}`);
    const shared = source({ concurrency: 3 });
    const both = Promise.all([shared.candidates(mentions.slice(0, 6)), shared.candidates(mentions.slice(6))]);
    for (let answered = 0; answered < 12; answered += 3) {
      await until(() => wiki.asked.length >= answered + 3);
      await new Promise((resolve) => setTimeout(resolve, 20));
      assert.equal(wiki.asked.length, answered + 3);
      for (const answer of held.splice(0)) answer();
    }
    await both;
  });

  it("asks once for those who ask for the same meanwhile", async () => {
    const shared = source();
    const lists = await Promise.all([shared.candidates(["Apple"]), shared.candidates(["Zürich", "apple"])]);
    assert.deepEqual(lists[0][0], lists[1]?.[1]);
    assert.equal(wiki.asked.length, 2);
  });

  it("goes on for those who still want an answer when somebody leaves", async () => {
    let answer = (): void => {};
    wiki.faults = [
      (_, goOn) => {
        answer = goOn;
      },
    ];
    const shared = source();
    const leaving = new AbortController();
    const left = shared.candidates(["Apple"], { signal: leaving.signal });
    const staying = shared.candidates(["Apple"]);
    await until(() => wiki.asked.length > 0);
    leaving.abort();
    await assert.rejects(left, { name: "AbortError" });
    answer();
    assert.equal((await staying)[0]?.length, 4);
    assert.equal(wiki.asked.length, 1);
  });

  it("ends waits, requests and those in the queue at once when it is told to", async () => {
    const stop = new AbortController();
    const reason = new Error("enough");
    wiki.faults = [never, apiError("ratelimited", "later", { "Retry-After": "30" }), pass];
    const shared = source({ concurrency: 2 });
    const all = shared.candidates(["Apple", "Zürich", "Tim Cook"], { signal: stop.signal });
    await until(() => wiki.asked.length >= 2);
    setTimeout(() => stop.abort(reason), 20);
    await assert.rejects(all, reason);
    await until(() => wiki.underWay === 0);
    assert.equal(wiki.asked.length, 2);
    await assert.rejects(shared.candidates(["Apple"], { signal: stop.signal }), reason);
  });

  it("ends a batch of titles once nobody wants any of them", async () => {
    wiki.faults = [never];
    const stop = new AbortController();
    const all = source({ lookUp: "titles" }).candidates(["Apple", "Zürich"], { signal: stop.signal });
    await until(() => wiki.asked.length > 0);
    stop.abort();
    await assert.rejects(all, { name: "AbortError" });
    await until(() => wiki.underWay === 0);
  });
});

describe("options of mediaWiki", () => {
  it("are checked", () => {
    const refused = (options: object, code: string): void =>
      assert.throws(() => mediaWiki(options), { code });
    refused({ lang: "de" }, "L001");
    for (const options of [
      { language: "EN" },
      { language: "en/x" },
      { api: "en.wikipedia.org" },
      { api: "ftp://x" },
    ])
      refused(options, "L801");
    for (const [name, values] of Object.entries({
      limit: [0, 21, 2.5, "3"],
      sentences: [0, 11],
      characters: [0, 1201],
      concurrency: [0, Number.NaN],
      timeoutMs: [0, 2 ** 31],
      tries: [0],
      maxlag: [-1, true],
      memoryEntries: [-1],
      maxAgeMs: [-1],
      lookUp: ["title"],
      cache: [{}, null],
      userAgent: ["", "a\nb"],
      headers: [{ "a b": "c" }, { Authorization: "a\nb" }, null, "x"],
      offline: [true, "no"],
      expandDisambiguation: [1],
    })) {
      for (const value of values) refused({ [name]: value }, "L802");
    }
    refused({ language: "en", api: wiki.api }, "L802");
    refused({ sentences: 1, characters: 100 }, "L802");
    for (const secret of [{ api: "https://me:secret@x.org/" }, { headers: { Authorization: "secret\nx" } }])
      assert.throws(
        () => mediaWiki(secret),
        (error: Error) => !error.message.includes("secret"),
      );
  });

  it("L220: a mention is a text", async () => {
    await assert.rejects(source().candidates([{ start: 0 } as unknown as string]), { code: "L220" });
  });

  it("has a Wikipedia for each language", async () => {
    const asked: string[] = [];
    const fetch: typeof globalThis.fetch = async (url) => {
      asked.push(String(url));
      return Response.json({ batchcomplete: true });
    };
    await mediaWiki({ fetch }).candidates(["a"]);
    await mediaWiki({ language: "zh-yue", fetch }).candidates(["a"]);
    assert.match(asked[0] as string, /^https:\/\/en\.wikipedia\.org\/w\/api\.php\?action=query&/);
    assert.match(asked[1] as string, /^https:\/\/zh-yue\.wikipedia\.org\/w\/api\.php\?/);
  });
});
