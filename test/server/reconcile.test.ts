/** The Reconciliation Service API 0.2, as its clients call it; what its schemas demand is said here in our own words. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import type { ServeOptions } from "../../src/server/options.js";
import { type Server, serve } from "../../src/server/serve.js";
import { ALIASES, ENTITIES, jsonLines, suiteFolder, writeCorpus } from "../fixtures.js";

const { source } = writeCorpus(suiteFolder());
/** What a knowledge base may hold: a name that is markup, an id that is a key of every object, an entity without anything. */
const odd = [
  { id: "__proto__", name: "<script>alert(1)</script>", description: `"quoted" & 'so'`, freq: 1 },
  { id: "bare" },
];
writeFileSync(join(source, "entities.jsonl"), jsonLines([...ENTITIES, ...odd]));
const namesakes = { alias: "Big Apple", entities: ["Q6", "Q7"], probabilities: [0.95, 0.05] };
const unsure = { alias: "Banktown", entities: ["Q8"], probabilities: [0.7] };
writeFileSync(join(source, "aliases.jsonl"), jsonLines([...ALIASES, namesakes, unsure]));
const options: Partial<ServeOptions> = { port: 0, batchLimit: 5, logLevel: "silent" };
const VIEW = "https://example.org/{{id}}";

let server: Server;
before(async () => {
  server = await serve(source, { ...options, entityBase: "http://example.org/", entityView: VIEW });
});
after(() => server.close());

interface Named {
  readonly id: string;
  readonly name: string;
}
interface Candidate extends Named {
  readonly description: string;
  readonly score: number;
  readonly match: boolean;
  readonly type: readonly Named[];
  readonly features: readonly { readonly id: string; readonly value: number | boolean }[];
}
type Answer = Record<string, { readonly result: readonly Candidate[] }>;

async function post(fields: Record<string, unknown>): Promise<{ status: number; body: unknown }> {
  const form = Object.entries(fields).map(([name, value]): [string, string] => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  const answer = await server.app.inject({
    method: "POST",
    url: "/reconcile",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    payload: new URLSearchParams(form).toString(),
  });
  return { status: answer.statusCode, body: answer.json() };
}

async function get<Body>(path: string): Promise<Body> {
  const answer = await server.app.inject({ url: `/reconcile${path}`, headers: { host: "kb.example" } });
  assert.equal(answer.statusCode, 200, answer.body);
  return answer.json();
}

/** The candidates of one query. */
async function find(query: object): Promise<readonly Candidate[]> {
  const { status, body } = await post({ queries: { q0: query } });
  assert.equal(status, 200, JSON.stringify(body));
  const { result } = (body as Answer).q0 as Answer[string];
  for (const candidate of result) checkCandidate(candidate);
  return result;
}

function checkCandidate(candidate: Candidate): void {
  const { id, name, description, score, match, type, features } = candidate;
  for (const text of [id, name, description]) assert.equal(typeof text, "string");
  assert.notEqual(name, "");
  assert.ok(score >= 0 && score <= 100, `${score}`);
  assert.equal(typeof match, "boolean");
  for (const one of type) assert.deepEqual(Object.keys(one), ["id", "name"]);
  assert.equal(new Set(features.map((feature) => feature.id)).size, features.length);
  for (const { value } of features) assert.ok(["number", "boolean"].includes(typeof value));
}

const idsOf = (all: readonly Named[]): string[] => all.map(({ id }) => id);
const featureOf = ({ features }: Candidate, wanted: string) =>
  features.find(({ id }) => id === wanted)?.value;

describe("the manifest", () => {
  it("says what there is, and where the client reached it", async () => {
    const manifest = await get<Record<string, unknown>>("");
    assert.deepEqual(manifest, {
      versions: ["0.2"],
      name: "linkwright: 10 entities",
      identifierSpace: "http://example.org/",
      schemaSpace: "http://www.w3.org/2002/07/owl#Thing",
      defaultTypes: ["GPE", "PERSON", "ORG", "FOOD"].map((id) => ({ id, name: id })),
      documentation: "http://kb.example/docs",
      serviceVersion: manifest.serviceVersion,
      batchSize: 5,
      view: { url: VIEW },
      preview: { url: "http://kb.example/reconcile/preview?id={{id}}", width: 420, height: 240 },
      suggest: {
        entity: { service_url: "http://kb.example", service_path: "/reconcile/suggest/entity" },
        type: { service_url: "http://kb.example", service_path: "/reconcile/suggest/type" },
        property: { service_url: "http://kb.example", service_path: "/reconcile/suggest/property" },
      },
      extend: {
        propose_properties: {
          service_url: "http://kb.example",
          service_path: "/reconcile/extend/propose",
        },
        property_settings: [],
      },
    });
  });

  it("leads to routes that are there", async () => {
    const { suggest, extend, preview } = await get<{
      suggest: Record<string, { service_path: string }>;
      extend: { propose_properties: { service_path: string } };
      preview: { url: string };
    }>("");
    const paths = [...Object.values(suggest), extend.propose_properties].map(
      ({ service_path }) => `${service_path}?prefix=a&type=GPE`,
    );
    const page = preview.url.replace("http://kb.example", "").replace("{{id}}", "Q1");
    for (const url of [...paths, page]) {
      const { statusCode } = await server.app.inject({ url });
      assert.equal(statusCode, 200, url);
    }
  });
});

describe("queries", () => {
  it("find names as written, in other forms, misspelled, and ids", async () => {
    assert.deepEqual(idsOf(await find({ query: "Paris" })), ["Q1", "Q2", "Q3"]);
    assert.deepEqual(idsOf(await find({ query: "  zurich " })), ["Q8"]);
    assert.deepEqual(idsOf(await find({ query: "Micheal Jordan" })), ["Q5"]);
    assert.deepEqual(idsOf(await find({ query: " Q4 " })), ["Q4"]);
    assert.deepEqual(await find({ query: "Wagga Wagga" }), []);
    assert.deepEqual(await find({ query: "" }), []);
  });

  it("are answered best first, by their keys, in GET as in POST, and each for itself", async () => {
    const asked = {
      b: { query: "Apple" },
      a: { query: "Paris", limit: 2 },
      c: { query: "nobody" },
    };
    const { body } = await post({ queries: asked });
    const answer = body as Answer;
    assert.deepEqual(Object.keys(answer), Object.keys(asked));
    assert.deepEqual(idsOf(answer.a?.result ?? []), ["Q1", "Q2"]);
    assert.deepEqual(idsOf(answer.b?.result ?? []), ["Q6", "Q7"]);
    assert.deepEqual(answer.c?.result, []);
    const got = await get<Answer>(`?queries=${encodeURIComponent(JSON.stringify(asked))}`);
    assert.deepEqual(got, answer);
    const scores = (answer.a?.result ?? []).map(({ score }) => score);
    assert.ok((scores[0] as number) > (scores[1] as number));
    assert.deepEqual(answer.a?.result, await find({ query: "Paris", limit: 2 }));
  });

  it("may have any key", async () => {
    const { body } = await post({ queries: '{"__proto__":{"query":"Q4"},"":{"query":"Q5"}}' });
    const found = Object.entries(body as Answer).map(([key, { result }]) => [key, ...idsOf(result)]);
    assert.deepEqual(found, [
      ["__proto__", "Q4"],
      ["", "Q5"],
    ]);
  });

  it("match only what is safe: one likely entity of just that name", async () => {
    const matches = async (query: object): Promise<boolean[]> =>
      (await find(query)).map(({ match }) => match);
    assert.deepEqual(await matches({ query: "Michael Jordan" }), [true]);
    assert.deepEqual(await matches({ query: "ZURICH" }), [true]);
    assert.deepEqual(await matches({ query: "Q4" }), [true]);
    assert.deepEqual(await matches({ query: "Paris" }), [false, false, false]); // 0.7 of them
    assert.deepEqual(await matches({ query: "Banktown" }), [false]); // 0.7, and nobody knows what else it is
    assert.deepEqual(await matches({ query: "Big Apple" }), [false, false]); // 0.95 of them, but a namesake
    assert.deepEqual(await matches({ query: "Micheal Jordan" }), [false]);
    assert.deepEqual(await matches({ query: "Zürich", type: "PERSON", type_strict: "should" }), [false]);
  });

  it("match nothing that the linker would not link", async () => {
    const query = { query: "Michael Jordan", properties: [{ pid: "note", v: "the basketball player" }] };
    assert.deepEqual(
      (await find(query)).map(({ match }) => match),
      [true],
    );
    const strict = await serve(source, { ...options, changes: { threshold: 1 } });
    try {
      const url = `/reconcile?queries=${encodeURIComponent(JSON.stringify({ q0: query }))}`;
      const { q0 } = (await strict.app.inject({ url })).json() as Answer;
      assert.deepEqual(
        q0?.result.map(({ id, match }) => [id, match]),
        [["Q5", false]],
      );
    } finally {
      await strict.close();
    }
  });

  it("leave out other types than asked for, or score them less", async () => {
    assert.deepEqual(idsOf(await find({ query: "Paris", type: "PERSON" })), ["Q3"]);
    assert.deepEqual(idsOf(await find({ query: "Paris", type: ["PERSON", "FOOD"] })), ["Q3"]);
    assert.deepEqual(idsOf(await find({ query: "Paris", type: "ENTITY" })), ["Q1", "Q2", "Q3"]);
    assert.deepEqual(await find({ query: "Paris", type: "unheard of" }), []);
    const soft = await find({ query: "Paris", type: "PERSON", type_strict: "should" });
    assert.deepEqual(idsOf(soft), ["Q3", "Q1", "Q2"]);
    assert.deepEqual(
      soft.map((candidate) => featureOf(candidate, "type_match")),
      [true, false, false],
    );
    const byColumn = await find({ query: "Paris", properties: [{ pid: "type", v: "PERSON" }] });
    assert.deepEqual(idsOf(byColumn), ["Q3"]);
  });

  it("let the model read what other columns say", async () => {
    const properties = [
      { pid: "note", v: ["a town in Lamar County", { id: "Q0", name: "Texas" }] },
      { pid: "year", v: 1845 },
    ];
    const [best, second] = (await find({ query: "Paris", properties })) as [Candidate, Candidate];
    assert.equal(best.id, "Q2"); // the least likely by its prior but one
    assert.ok((featureOf(best, "model") as number) > (featureOf(second, "model") as number));
    const entity = [{ pid: "sport", v: { id: "Q0", name: "basketball player" } }];
    assert.equal((await find({ query: "Jordan", properties: entity }))[0]?.id, "Q5"); // Q4 by its prior
    const [plain] = (await find({ query: "Paris" })) as [Candidate];
    assert.equal(featureOf(plain, "model"), undefined);
    assert.equal(featureOf(plain, "prior"), Math.fround(0.7));
  });

  it("may give the name as a property alone", async () => {
    assert.deepEqual(idsOf(await find({ properties: [{ pid: "name", v: "Apple" }] })), ["Q6", "Q7"]);
    assert.deepEqual(await find({ properties: [{ pid: "colour", v: "red" }] }), []);
  });

  it("are refused with the place of what is wrong", async () => {
    const wrong = async (queries: unknown): Promise<unknown> => {
      const { status, body } = await post({ queries });
      assert.equal(status, 422);
      return (body as { detail: { loc: unknown }[] }).detail[0]?.loc;
    };
    const at = (...loc: string[]): string[] => ["body", "queries", ...loc];
    assert.deepEqual(await wrong("{"), at());
    assert.deepEqual(await wrong("[]"), at());
    assert.deepEqual(await wrong({ q0: { limit: 3 } }), at("q0", "query"));
    assert.deepEqual(await wrong({ q0: { properties: [] } }).then(String), at("q0", "query").join());
    assert.deepEqual(await wrong({ q0: { query: "a", limit: 0 } }), at("q0", "limit"));
    assert.deepEqual(await wrong({ q0: { query: "a".repeat(1001) } }), at("q0", "query"));
    assert.deepEqual(
      String(await wrong({ q0: { query: "a", properties: [{ p: "x", v: 1 }] } })),
      "body,queries,q0,properties,0,pid",
    );
    assert.deepEqual(await wrong({ q0: { query: "a", property: [] } }), at("q0"));
    assert.equal((await post({})).status, 422);
    const { statusCode } = await server.app.inject({ url: "/reconcile?queries=x" });
    assert.equal(statusCode, 422);
  });

  it("are refused when there are too many", async () => {
    const many = (count: number): object =>
      Object.fromEntries(Array.from({ length: count }, (_, i) => [`q${i}`, { query: "x" }]));
    assert.equal((await post({ queries: many(5) })).status, 200);
    assert.deepEqual(await post({ queries: many(6) }), {
      status: 413,
      body: {
        detail: [
          {
            loc: ["body", "queries"],
            msg: "6 queries, 5 are allowed at a time",
            type: "value_error.too_large",
          },
        ],
      },
    });
    assert.equal(
      (await post({ extend: { ids: ["1", "2", "3", "4", "5", "6"], properties: [] } })).status,
      413,
    );
  });
});

describe("suggestions", () => {
  const suggest = async (what: string, query: string): Promise<readonly Candidate[]> =>
    (await get<{ result: readonly Candidate[] }>(`/suggest/${what}?${query}`)).result;

  it("complete names of entities, ids too, those that are meant most first", async () => {
    assert.deepEqual(idsOf(await suggest("entity", "prefix=par")), ["Q1", "Q2", "Q3"]);
    assert.deepEqual(idsOf(await suggest("entity", "prefix=par&limit=1&cursor=1")), ["Q2"]);
    assert.deepEqual(idsOf(await suggest("entity", "prefix=z%C3%BC")), ["Q8"]);
    assert.deepEqual(idsOf(await suggest("entity", "prefix=ZU")), ["Q8"]);
    assert.deepEqual(idsOf(await suggest("entity", "prefix=Q5")), ["Q5"]);
    assert.deepEqual(await suggest("entity", "prefix=xyz"), []);
    assert.deepEqual(await suggest("entity", "prefix=Zur"), [
      {
        id: "Q8",
        name: "Zürich",
        description: "city of banks on a lake in Switzerland",
        notable: [{ id: "GPE", name: "GPE" }],
      },
    ]);
  });

  it("complete types and properties", async () => {
    assert.deepEqual(await suggest("type", "prefix=per"), [{ id: "PERSON", name: "PERSON" }]);
    assert.equal((await suggest("type", "prefix=")).length, 4);
    assert.deepEqual(idsOf(await suggest("property", "prefix=freq")), ["freq"]);
    assert.deepEqual(idsOf(await suggest("property", "prefix=&cursor=3")), ["aliases", "freq"]);
  });

  it("need a prefix", async () => {
    const { statusCode } = await server.app.inject({ url: "/reconcile/suggest/entity" });
    assert.equal(statusCode, 422);
  });
});

describe("previews", () => {
  it("are pages that hold names, not markup of a knowledge base", async () => {
    const { body, headers } = await server.app.inject({ url: "/reconcile/preview?id=__proto__" });
    assert.match(String(headers["content-type"]), /^text\/html/);
    assert.match(String(headers["content-security-policy"]), /default-src 'none'/);
    assert.ok(!body.includes("<script"), body);
    assert.ok(body.includes("<h1>&lt;script&gt;alert(1)&lt;/script&gt;</h1>"), body);
    assert.ok(body.includes("&quot;quoted&quot; &amp; &#39;so&#39;"), body);
  });

  it("tell other names; there is none of unknown ids", async () => {
    const { body } = await server.app.inject({ url: "/reconcile/preview?id=Q6" });
    assert.match(body, /Also Apple Inc\., Big Apple</);
    const unknown = await server.app.inject({ url: "/reconcile/preview?id=Q99" });
    assert.equal(unknown.statusCode, 404);
    assert.equal(unknown.json().detail[0].type, "not_found");
  });
});

describe("data extension", () => {
  it("tells properties of entities, nothing of what is not known", async () => {
    const properties = ["name", "description", "type", "aliases", "freq", "colour"].map((id) => ({ id }));
    const { status, body } = await post({ extend: { ids: ["Q6", "__proto__", "bare", "Q99"], properties } });
    assert.equal(status, 200);
    const { meta, rows } = body as { meta: Named[]; rows: Record<string, unknown> };
    assert.deepEqual(
      meta.map(({ id }) => id),
      properties.map(({ id }) => id),
    );
    assert.ok(meta.every(({ name }) => name !== ""));
    const none = { name: [], description: [], type: [], aliases: [], freq: [], colour: [] };
    assert.deepEqual(Object.entries(rows), [
      [
        "Q6",
        {
          name: [{ str: "Apple" }],
          description: [{ str: "company that makes computers and phones" }],
          type: [{ str: "ORG" }],
          aliases: [{ str: "Apple" }, { str: "Apple Inc." }, { str: "Big Apple" }],
          freq: [{ float: 40 }],
          colour: [],
        },
      ],
      [
        "__proto__",
        {
          ...none,
          name: [{ str: "<script>alert(1)</script>" }],
          description: [{ str: `"quoted" & 'so'` }],
          aliases: [{ str: "<script>alert(1)</script>" }],
          freq: [{ float: 1 }],
        },
      ],
      ["bare", { ...none, freq: [{ float: 0 }] }],
      ["Q99", none],
    ]);
  });

  it("proposes properties, as many as asked for", async () => {
    const proposal = await get<{ properties: Named[] }>("/extend/propose?type=GPE&limit=2");
    assert.deepEqual(proposal, {
      type: "GPE",
      limit: 2,
      properties: [
        { id: "name", name: "name" },
        { id: "description", name: "description" },
      ],
    });
    assert.equal((await get<typeof proposal>("/extend/propose?type=GPE")).properties.length, 5);
  });
});

describe("who may call", () => {
  const origin = "https://openrefine.example";
  const preflight = (url: string) =>
    ({
      method: "OPTIONS",
      url,
      headers: { origin, "access-control-request-method": "POST" },
    }) as const;

  it("pages of any origin, these routes and no others", async () => {
    for (const url of ["/reconcile", "/reconcile/suggest/type?prefix=", "/reconcile/preview?id=Q1"]) {
      const { headers } = await server.app.inject({ url, headers: { origin } });
      assert.equal(headers["access-control-allow-origin"], "*", url);
    }
    const { headers } = await server.app.inject(preflight("/reconcile"));
    assert.equal(headers["access-control-allow-origin"], "*");
    const other = await server.app.inject(preflight("/link"));
    assert.equal(other.headers["access-control-allow-origin"], undefined);
  });

  it("with a token all but the manifest is closed; chosen origins hold here too", async () => {
    const closed = await serve(source, {
      ...options,
      tokens: ["secret"],
      corsOrigins: ["https://own.example"],
      publicUrl: "https://public.example/kb/",
    });
    try {
      const manifest = await closed.app.inject({ url: "/reconcile", headers: { origin } });
      assert.equal(manifest.statusCode, 200);
      const { authentication, preview, view, identifierSpace } = manifest.json();
      const { description, ...scheme } = authentication;
      assert.deepEqual(scheme, { type: "apiKey", name: "Authorization", in: "header" });
      assert.match(description, /Bearer/);
      const head = async (url: string): Promise<number> =>
        (await closed.app.inject({ method: "HEAD", url })).statusCode;
      assert.deepEqual([await head("/reconcile"), await head("/reconcile?queries=%7B%7D")], [200, 401]);
      assert.equal(preview.url, "https://public.example/kb/reconcile/preview?id={{id}}");
      assert.equal(view, undefined);
      assert.equal(identifierSpace, "urn:linkwright:");
      assert.notEqual(manifest.headers["access-control-allow-origin"], "*");
      const ask = (headers = {}) =>
        closed.app.inject({ url: "/reconcile?queries=%7B%7D", headers: { ...headers } });
      assert.equal((await ask()).statusCode, 401);
      assert.equal((await ask({ authorization: "Bearer secret" })).statusCode, 200);
      const suggest = await closed.app.inject({ url: "/reconcile/suggest/type?prefix=" });
      assert.equal(suggest.statusCode, 401);
    } finally {
      await closed.close();
    }
  });
});

it("forms are for these routes, and the OpenAPI document tells of them", async () => {
  const form = { "content-type": "application/x-www-form-urlencoded" };
  const { statusCode } = await server.app.inject({
    method: "POST",
    url: "/v1/link",
    headers: form,
    payload: "a=b",
  });
  assert.equal(statusCode, 415);
  const { paths } = (await server.app.inject({ url: "/openapi.json" })).json();
  assert.deepEqual(
    Object.keys(paths).filter((path) => path.startsWith("/reconcile")),
    [
      "/reconcile",
      "/reconcile/extend/propose",
      "/reconcile/preview",
      "/reconcile/suggest/entity",
      "/reconcile/suggest/type",
      "/reconcile/suggest/property",
    ],
  );
  assert.deepEqual(Object.keys(paths["/reconcile"].post.requestBody.content), Object.values(form));
  assert.deepEqual(Object.keys(paths["/reconcile/preview"].get.responses[200].content), ["text/html"]);
});
