/** After every fault the candidates are right, or the error says whose are missing and why. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { beforeEach, describe, it } from "node:test";
import { mediaWiki } from "../../src/mediawiki/media-wiki.js";
import { MediaWikiError } from "../../src/mediawiki/mediawiki-error.js";
import type { MediaWikiOptions } from "../../src/mediawiki/options.js";
import { apiError, type Fault, half, lag, never, pass, reset, say, status, tinyWiki } from "./tiny-wiki.js";

const wiki = await tinyWiki();
let waits: number[];

/** A source that notes how long it would wait, and waits as long as it may. */
function source(options: MediaWikiOptions = {}) {
  const sleep = async (milliseconds: number): Promise<void> => {
    waits.push(Math.round(milliseconds));
    now += milliseconds;
  };
  let now = 0;
  return mediaWiki({ api: wiki.api, sleep, now: () => now, random: () => 1, ...options });
}

beforeEach(() => {
  waits = [];
  wiki.asked.length = 0;
  wiki.faults = [];
});

const page = (fields: object): string =>
  JSON.stringify({ batchcomplete: true, query: { pages: [{ ns: 0, title: "T", extract: "t", ...fields }] } });

/** What passes, by its name; and what the error says if it does not. */
const PASSING: Readonly<Record<string, readonly [fault: Fault, code: string, message: RegExp]>> = {
  "429": [status(429), "L804", /answered 429: Our servers are tired/],
  "500": [status(500, {}, ""), "L804", /answered 500: nothing more/],
  "502": [status(502), "L804", /answered 502/],
  "503 of the API": [
    status(503, {}, '{"error":{"code":"internal_api_error_DBQueryError","info":"oops"}}'),
    "L804",
    /answered 503: internal_api_error_DBQueryError: oops/,
  ],
  maxlag: [lag(), "L807", /refuses with maxlag: Waiting for 10\.0\.0\.1: 7\.2 seconds lagged\./],
  ratelimited: [apiError("ratelimited", "Slow down."), "L807", /ratelimited: Slow down\./],
  "a search that is too busy": [apiError("cirrussearch-too-busy-error", "Busy."), "L807", /too-busy/],
  "the newer form of errors": [
    say('{"errors":[{"code":"readonly","text":"Only reading."}]}'),
    "L807",
    /readonly: Only reading\./,
  ],
  "a connection that breaks": [reset, "L803", /can't reach 127\.0\.0\.1:\d+: /],
  "half an answer, and the connection is gone": [half, "L803", /can't reach/],
  "half an answer": [say('{"batchcomplete":true,"query":{"pa'), "L806", /what is not JSON, "{\\"batch/],
  "an answer of no bytes": [say(""), "L806", /what is not JSON, ""/],
  "bytes that are no UTF-8": [say(Buffer.from([0x7b, 0xff, 0x7d])), "L806", /what is not UTF-8/],
  HTML: [say("<html><body>Log in to the hotel's network</body></html>"), "L806", /what is not JSON, "<html>/],
  "JSON of another shape": [say('{"hits":[1,2]}'), "L806", /answered half an answer/],
  "an answer without its end": [say('{"query":{}}'), "L806", /answered half an answer/],
  "no pages, and no word that these are all": [
    say('{"query":{"pages":[]}}'),
    "L806",
    /answered half an answer/,
  ],
  "half a page": [
    say('{"query":{"pages":[{"ns":0,"title":"Apple Inc.","index":1}]}}'),
    "L806",
    /answered half an answer/,
  ],
  "nothing but how to find more": [
    say('{"continue":{"gsroffset":12,"continue":"gsroffset||"}}'),
    "L806",
    /answered half an answer/,
  ],
  null: [say("null"), "L806", /what is no object/],
  "a list": [say("[]"), "L806", /what is no object/],
  "an error that is none": [say('{"error":"no"}'), "L806", /an error without a code/],
  "pages of another shape": [say('{"query":{"pages":"none"}}'), "L806", /pages that are no list/],
  "a page that is none": [say('{"query":{"pages":[1]}}'), "L806", /1 among pages/],
  "a page without a title": [say(page({ title: undefined })), "L806", /nothing as the title of a page/],
  "a page without a namespace": [say(page({ ns: "0" })), "L806", /a page "T" without a namespace/],
  "a text that is none": [say(page({ extract: { "*": "x" } })), "L806", /\{"\*":"x"\} as an extract/],
  "an id that is none": [say(page({ pageprops: { wikibase_item: 42 } })), "L806", /42 as a Wikidata id/],
  "properties that are none": [say(page({ pageprops: "Q1" })), "L806", /page properties that are no object/],
  "an address that is none": [say(page({ fullurl: "javascript:alert(1)" })), "L806", /as a page's address/],
  "an index that is none": [say(page({ index: "first" })), "L806", /an index that is no number/],
};

describe("a fault that passes", () => {
  for (const [name, [fault, code, message]] of Object.entries(PASSING)) {
    it(`${name}: asked again, or named`, async () => {
      wiki.faults = [fault, fault];
      const [candidates] = await source().candidates(["Tim Cook"]);
      assert.deepEqual(
        candidates?.map(({ id }) => id),
        ["Q265852"],
      );
      assert.equal(wiki.asked.length, 3);
      wiki.faults = [fault, fault, fault];
      await assert.rejects(
        source({ tries: 3 }).candidates(["Tim Cook", "Tim cook"]),
        (error: MediaWikiError) => {
          assert.ok(error instanceof MediaWikiError);
          assert.equal(error.code, code);
          assert.match(error.message, message);
          if (["L804", "L807"].includes(code)) assert.match(error.message, /\. Ask again later; what was/);
          assert.match(error.message, /No candidates for "Tim Cook": .*127\.0\.0\.1:\d+.*\(3 tries\)/);
          assert.deepEqual([error.mentions, error.tries], [["Tim Cook"], 3]);
          assert.equal(error.host, new URL(wiki.api).host);
          return true;
        },
      );
      assert.equal(wiki.asked.length, 6);
    });
  }

  it("a wiki that does not answer in time", async () => {
    wiki.faults = [never];
    const [candidates] = await source({ timeoutMs: 200 }).candidates(["Zürich"]);
    assert.equal(candidates?.length, 1);
    wiki.faults = [never, never];
    await assert.rejects(source({ timeoutMs: 200, tries: 2 }).candidates(["Zürich"]), {
      code: "L805",
      message: /"Zürich": .* did not answer in 0\.2 s \(2 tries\)\. Ask again later; in code timeoutMs/,
    });
  });

  it("in the midst of what is continued", async () => {
    wiki.extractsAtOnce = 3;
    wiki.faults = [pass, half, status(503), pass];
    const [candidates] = await source().candidates(["Apple"]);
    wiki.extractsAtOnce = 20;
    assert.equal(wiki.asked.length, 4);
    assert.deepEqual(candidates, (await source().candidates(["Apple"]))[0]);
  });

  it("an end that never comes", async () => {
    const more = { continue: { excontinue: 1, continue: "||" }, query: { pages: [] } };
    wiki.faults = Array.from({ length: 30 }, () => say(JSON.stringify(more)));
    await assert.rejects(source({ tries: 2 }).candidates(["Apple"]), {
      code: "L806",
      message: /no end of parts/,
    });
    assert.equal(wiki.asked.length, 11);
  });
});

describe("a fault that stays", () => {
  const STAYING: Readonly<Record<string, readonly [fault: Fault, code: string, message: RegExp]>> = {
    "403": [
      status(403, {}, "<style>h1{}</style><p>Please set a user-agent</p>"),
      "L804",
      /403: Please set a user-agent \(1 try\)\. Say who asks .*userAgent or --user-agent/,
    ],
    "404": [status(404), "L804", /404.*\. Is that the wiki, and its api\.php/],
    "an error of the request": [
      apiError("readapidenied", "You need read permission."),
      "L807",
      /readapidenied: .* \(1 try\)\. Say who asks .*headers/,
    ],
    "a wiki without TextExtracts": [
      say(
        '{"batchcomplete":true,"warnings":{"main":{"warnings":"Unrecognized value for parameter \\"prop\\": extracts."}},"query":{"pages":[{"ns":0,"title":"T"}]}}',
      ),
      "L809",
      /has no texts of pages\. Expected a MediaWiki with the extension TextExtracts/,
    ],
    "more than anybody should send": [
      say(Buffer.alloc(8 * 1024 * 1024 + 1, 32)),
      "L806",
      /more than 8388608 bytes/,
    ],
  };
  for (const [name, [fault, code, message]] of Object.entries(STAYING)) {
    it(`${name}: named at once`, async () => {
      wiki.faults = [fault];
      await assert.rejects(source().candidates(["Zürich"]), { code, message, mentions: ["Zürich"] });
      assert.equal(wiki.asked.length, 1);
      assert.deepEqual(waits, []);
    });
  }

  it("nobody there", async () => {
    const nobody = createServer().listen(0, "127.0.0.1");
    await once(nobody, "listening");
    const { port } = nobody.address() as AddressInfo;
    nobody.close();
    await once(nobody, "close");
    const api = `http://127.0.0.1:${port}/w/api.php`;
    await assert.rejects(source({ api, tries: 2 }).candidates(["Zürich"]), {
      code: "L803",
      message: /"Zürich": can't reach 127\.0\.0\.1:\d+: .*ECONNREFUSED.* \(2 tries\)/,
    });
  });
});

describe("waits", () => {
  it("double, and are a share of that by chance", async () => {
    wiki.faults = [status(500), status(500), status(500), status(500)];
    await source({ backoffMs: 100 }).candidates(["Apple"]);
    assert.deepEqual(waits, [100, 200, 400, 800]);
    wiki.faults = [status(500), status(500)];
    await source({ backoffMs: 100, random: () => 0.25 }).candidates(["Apple"]);
    assert.deepEqual(waits.slice(4), [25, 50]);
    wiki.faults = [status(500), status(500)];
    await source({ backoffMs: 700, maxWaitMs: 1000 }).candidates(["Apple"]);
    assert.deepEqual(waits.slice(6), [700, 1000]);
  });

  it("are as long as the wiki asks for, by seconds or by date, and a little longer by chance", async () => {
    const later = (): string => new Date(Date.now() + 20_000).toUTCString();
    wiki.faults = [
      status(429, { "Retry-After": "7" }),
      lag({ "Retry-After": "6" }),
      lag({}),
      status(503, { "Retry-After": later() }),
      status(503, { "Retry-After": "soon" }),
    ];
    await source({ tries: 6, backoffMs: 100 }).candidates(["Apple"]);
    assert.deepEqual([waits.slice(0, 3), waits[4]], [[7100, 6200, 5400], 1600]);
    const [, , , byDate = 0] = waits;
    assert.ok(byDate > 18_000 && byDate <= 20_800, String(byDate));
  });

  it("are for all requests, as the wiki asks the client and not the mention", async () => {
    wiki.faults = [status(429, { "Retry-After": "9" })];
    await source({ concurrency: 1, tries: 1, random: () => 0 })
      .candidates(["Apple", "Zürich"])
      .catch(() => {});
    assert.deepEqual(waits, [9000]);
    assert.equal(wiki.asked.length, 2);
  });

  it("are not longer than allowed: who asks for more is left alone", async () => {
    wiki.faults = [status(429, { "Retry-After": "3600" })];
    const left = source({ concurrency: 1 });
    const refusal = {
      code: "L810",
      message: /wants to be left alone for 3600 s, more than the 60 s that are waited \(in code: maxWaitMs\)/,
    };
    await assert.rejects(left.candidates(["Apple", "Zürich"]), { ...refusal, mentions: ["Apple", "Zürich"] });
    await assert.rejects(left.candidates(["Zürich"]), refusal);
    assert.deepEqual([wiki.asked.length, waits], [1, []]);
  });

  it("are an hour at most, whatever a wiki says", async () => {
    let now = 0;
    const left = source({ now: () => now });
    wiki.faults = [status(503, { "Retry-After": "99999999" })];
    await assert.rejects(left.candidates(["Apple"]), { code: "L810" });
    now = 3_600_000;
    assert.equal((await left.candidates(["Apple"]))[0]?.length, 4);
  });
});

describe("a fault of some mentions", () => {
  it("does not cost the others their answers", async () => {
    const shared = source({ concurrency: 1, tries: 1 });
    wiki.faults = [pass, status(500), pass, status(500), pass];
    const mentions = ["Apple", "Zürich", "Tim Cook", "Mercury", "Cupertino"];
    await assert.rejects(shared.candidates(mentions), {
      code: "L804",
      message: /No candidates for "Zürich", "Mercury": /,
    });
    assert.equal(wiki.asked.length, 5);
    const lists = await shared.candidates(mentions);
    assert.ok(lists.every((list) => list.length > 0));
    assert.equal(wiki.asked.length, 7, "what failed is asked again, and nothing else");
  });

  it("five in a row, and those that wait are not asked any more", async () => {
    wiki.faults = Array.from({ length: 100 }, () => status(403));
    const mentions = Array.from({ length: 40 }, (_, i) => `Apple ${i} ${"long ".repeat(20)}`);
    await assert.rejects(source({ concurrency: 2 }).candidates(mentions), (error: MediaWikiError) => {
      assert.equal(error.mentions.length, 40);
      assert.match(error.message, /"Apple 0 (long )+[lon]*\.\.\.", .* and 35 more: 127/);
      const [, unasked] = /\(1 try; (\d+) of these not asked any more\)/.exec(error.message) ?? [];
      assert.equal(Number(unasked), 40 - wiki.asked.length);
      assert.equal(error.tries, 1);
      return true;
    });
    assert.ok(wiki.asked.length <= 7, String(wiki.asked.length));
  });

  it("who is only refused since others failed was not asked", async () => {
    wiki.faults = Array.from({ length: 100 }, () => status(403));
    const shared = source({ concurrency: 1 });
    const first = shared.candidates(Array.from({ length: 5 }, (_, i) => `Apple ${i}`));
    const second = shared.candidates(["Zürich"]);
    await assert.rejects(first, { tries: 1 });
    await assert.rejects(second, {
      tries: 0,
      mentions: ["Zürich"],
      message: /\(not asked any more, as others failed before\)/,
    });
    assert.equal(wiki.asked.length, 5);
  });

  it("an answer in between begins the count anew", async () => {
    const fault = status(403);
    wiki.faults = [fault, fault, fault, fault, pass, fault, pass];
    const mentions = ["Apple", "Zürich", "Tim Cook", "Mercury", "Cupertino", "Nobody", "Somebody"];
    await assert.rejects(source({ concurrency: 1 }).candidates(mentions), {
      mentions: ["Apple", "Zürich", "Tim Cook", "Mercury", "Nobody"],
    });
    assert.equal(wiki.asked.length, 7, "the last one is asked for too");
  });

  it("names all mentions of a batch of titles", async () => {
    wiki.faults = [status(400)];
    await assert.rejects(source({ lookUp: "titles" }).candidates(["Apple", "Zürich"]), {
      code: "L804",
      mentions: ["Apple", "Zürich"],
    });
  });
});
