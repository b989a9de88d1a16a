import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout as later } from "node:timers/promises";
import { Connection } from "../../src/client/connection.js";
import { RemoteError } from "../../src/client/remote-error.js";
import { RemoteLinker, type RemoteLinkerOptions } from "../../src/client/remote-linker.js";
import type { LinkCandidate } from "../../src/linker/predict.js";
import { Doc, type Span } from "../../src/text/doc.js";
import { type Answer, refuse, say, tinyServer } from "./tiny-server.js";

interface Sent {
  readonly documents: readonly { readonly text: string; readonly ents?: readonly Span[] }[];
}

const CANDIDATE = {
  kb_id: "Q1",
  name: "Paris",
  prior: 1,
  frequency: 1,
  string: 1,
  context: 0,
  match: "exact",
};

/** Links each mention to Q1, and finds one in a text without: its first word. */
const link: Answer = (response, body) => {
  const documents = (JSON.parse(body) as Sent).documents.map(({ text, ents, ...rest }) => {
    const found = ents ?? [{ start: 0, end: text.split(" ")[0]?.length, label: "" }];
    const linked = [...found].sort((a, b) => (a.start ?? 0) - (b.start ?? 0));
    const candidates = [{ ...CANDIDATE, score: 0.9 }];
    return { ...rest, text, ents: linked.map((ent) => ({ ...ent, kb_id: "Q1", score: 0.9, candidates })) };
  });
  response.setHeader("Content-Type", "application/json").end(JSON.stringify({ documents }));
};
const reset: Answer = (response) => response.socket?.resetAndDestroy();
const never: Answer = () => {};

const server = await tinyServer();
let waits: number[];

/** A linker that notes how long it would wait. */
function linkerFor(options: Partial<RemoteLinkerOptions> = {}): RemoteLinker {
  const sleep = async (milliseconds: number): Promise<void> => {
    waits.push(milliseconds);
  };
  return new RemoteLinker({ url: server.url, sleep, random: () => 0, ...options });
}

const idsOf = (docs: readonly Doc[]): string[][] => docs.map(({ ents }) => ents.map(({ kbId }) => kbId));

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const item of items) list.push(item);
  return list;
}

beforeEach(() => {
  waits = [];
  server.asked.length = 0;
  server.script = [link];
});

describe("RemoteLinker", () => {
  it("links documents in place, and finds the mentions of texts", async () => {
    const doc = new Doc("In Paris", { ents: [{ start: 3, end: 8, label: "GPE", meta: { by: "me" } }] });
    const [same, made] = (await linkerFor().link([doc, "Paris shines"])) as [Doc, Doc];
    assert.equal(same, doc);
    const [span] = doc.ents as [Span];
    assert.deepEqual(
      [span.kbId, span.score, span.label, span.meta, (span.candidates as LinkCandidate[])[0]?.kbId],
      ["Q1", 0.9, "GPE", { by: "me" }, "Q1"],
    );
    assert.deepEqual([made.text, made.ents[0]?.end, made.ents[0]?.kbId], ["Paris shines", 5, "Q1"]);
  });

  it("sends what linking needs and no more, with its headers, to a path below its url", async () => {
    const doc = new Doc("Paris. Here", {
      id: "secret",
      ents: [{ start: 0, end: 5, kbId: "Q9", candidates: [CANDIDATE], meta: { secret: 1 } }],
      sents: [{ start: 0, end: 6 }],
      meta: { secret: 1 },
    });
    const headers = { Authorization: "Bearer t" };
    await linkerFor({ url: `${server.url}/nel/`, headers }).link([doc], { candidates: false });
    const [asked] = server.asked;
    assert.equal(asked?.path, "/nel/v1/link?candidates=false");
    assert.equal(asked?.headers.authorization, "Bearer t");
    assert.equal(asked?.headers["content-type"], "application/json");
    const ents = [{ start: 0, end: 5, label: "", kb_id: "Q9" }];
    assert.deepEqual(asked?.body, {
      documents: [{ text: "Paris. Here", ents, sents: [{ start: 0, end: 6 }] }],
    });
  });

  it("leaves mentions where they stood, in whatever order", async () => {
    const doc = new Doc("ab cd", {
      ents: [
        { start: 3, end: 5 },
        { start: 0, end: 2, label: "X" },
      ],
    });
    await linkerFor().link([doc]);
    assert.deepEqual(
      doc.ents.map(({ start, label, kbId }) => [start, label, kbId]),
      [
        [3, "", "Q1"],
        [0, "X", "Q1"],
      ],
    );
  });

  it("links nothing without a document, and asks nobody", async () => {
    assert.deepEqual(await linkerFor().link([]), []);
    assert.equal(server.asked.length, 0);
  });

  it("refuses an option that it does not know, and a url that is none", () => {
    assert.throws(() => linkerFor({ uri: "x" } as object), { code: "L001" });
    const urls = ["localhost:8080", "", "ftp://host", "http://host?", "http://host/?a=b", "http://host/a#b"];
    for (const url of [...urls, undefined as unknown as string]) {
      assert.throws(() => new RemoteLinker({ url }), { code: "L705" });
    }
  });
});

describe("RemoteLinker.pipe", () => {
  it("keeps the order, with as many requests under way as allowed and no more", async () => {
    let underWay = 0;
    let most = 0;
    let threeCame = (): void => {};
    const three = new Promise<void>((resolve) => {
      threeCame = resolve;
    });
    const slowFirst: Answer = async (response, body) => {
      underWay++;
      most = Math.max(most, underWay);
      const asked = server.asked.length;
      if (asked === 3) threeCame();
      await three; // the first ones are not answered before as many are under way as may be
      await later(asked % 3 === 1 ? 6 : 1);
      underWay--;
      link(response, body);
    };
    server.script = [slowFirst];
    const texts = Array.from({ length: 23 }, (_, i) => `Text${i} here`);
    const docs = await all(linkerFor().pipe(texts, { batchSize: 2, concurrency: 3 }));
    assert.deepEqual(
      docs.map(({ text }) => text),
      texts,
    );
    assert.equal(server.asked.length, 12);
    assert.equal(most, 3);
  });

  it("gives what is linked while the next document is not there yet", async () => {
    let goOn = (): void => {};
    async function* source(): AsyncGenerator<string> {
      yield "Paris 1";
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      yield "Paris 2";
    }
    const linked = linkerFor().pipe(source(), { batchSize: 1 });
    assert.equal((await linked.next()).value?.text, "Paris 1");
    goOn();
    assert.equal((await linked.next()).value?.text, "Paris 2");
    assert.equal((await linked.next()).done, true);
  });

  it("ends what it began when nobody wants the rest", async () => {
    let isClosed = false;
    async function* source(): AsyncGenerator<string> {
      try {
        for (let i = 0; ; i++) yield `Paris ${i}`;
      } finally {
        isClosed = true;
      }
    }
    const signals: (AbortSignal | null | undefined)[] = [];
    const noting: typeof fetch = (url, init) => {
      signals.push(init?.signal);
      return fetch(url, init);
    };
    server.script = [link, never];
    for await (const doc of linkerFor({ fetch: noting }).pipe(source(), { batchSize: 1 })) {
      assert.equal(doc.text, "Paris 0");
      break;
    }
    await later(1);
    assert.ok(isClosed);
    assert.ok(signals.length > 1 && signals.slice(1).every((signal) => signal?.aborted));
  });

  it("fails with the error of the source", async () => {
    async function* source(): AsyncGenerator<string> {
      yield "Paris";
      throw new Error("no more");
    }
    await assert.rejects(all(linkerFor().pipe(source(), { batchSize: 1 })), /no more/);
  });
});

describe("RemoteLinker and a server that fails", () => {
  const mentionOf = (): Doc => new Doc("In Paris", { ents: [{ start: 3, end: 8 }] });
  const half: Answer = (response) => {
    response.writeHead(200, { "Content-Length": 1000 });
    response.write('{"documents":[{"te', () => response.socket?.destroy());
  };

  for (const { fault, answer, code, status } of [
    { fault: "429", answer: refuse(429), code: "L702", status: 429 },
    { fault: "500", answer: refuse(500), code: "L702", status: 500 },
    { fault: "503", answer: refuse(503, {}, '{"detail":"busy"}'), code: "L702", status: 503 },
    { fault: "a reset connection", answer: reset, code: "L701", status: undefined },
    { fault: "half an answer", answer: half, code: "L701", status: undefined },
    { fault: "a short answer", answer: say('{"documents":['), code: "L703", status: 200 },
    { fault: "rubbish", answer: say("<html>"), code: "L703", status: 200 },
  ]) {
    it(`asks again after ${fault}, and says so when it stays that way`, async () => {
      server.script = [answer, answer, link];
      assert.deepEqual(idsOf(await linkerFor().link([mentionOf()])), [["Q1"]]);
      assert.deepEqual(waits, [200, 400]);
      server.script = [answer];
      server.asked.length = 0;
      const doc = mentionOf();
      await assert.rejects(linkerFor({ retries: 2 }).link([doc]), (error: RemoteError) => {
        assert.ok(error instanceof RemoteError);
        assert.deepEqual([error.code, error.status, error.url], [code, status, `${server.url}/v1/link`]);
        return true;
      });
      assert.equal(server.asked.length, 3);
      assert.equal(doc.ents[0]?.kbId, "");
    });
  }

  it("asks again after an answer that does not come, and says so when it stays that way", async () => {
    server.script = [never];
    let calls = 0;
    // The second answer is there at once: no network that may take longer than the time-out.
    const second: typeof fetch = async (url, init) =>
      ++calls === 1 ? fetch(url, init) : Response.json({ documents: [{ text: "Paris", ents: [] }] });
    const patient = linkerFor({ timeoutMs: 10, fetch: second });
    assert.deepEqual(idsOf(await patient.link(["Paris"])), [[]]);
    assert.equal(calls, 2);
    const linker = linkerFor({ timeoutMs: 10, retries: 1 });
    await assert.rejects(linker.link([mentionOf()]), {
      code: "L704",
      message: /did not answer in 0\.01 s \(2 tries\)/,
    });
  });

  it("waits as long as the server asks, in seconds or until a date, unless that is too long", async () => {
    server.script = [
      refuse(429, { "Retry-After": "7" }),
      refuse(503, { "Retry-After": new Date(Date.now() + 20_000).toUTCString() }),
      refuse(503, { "Retry-After": "soon" }),
      link,
    ];
    await linkerFor().link([mentionOf()]);
    const [seconds, date, backoff] = waits as [number, number, number];
    assert.equal(seconds, 7000);
    assert.ok(date > 18_000 && date <= 20_000, `${date}`);
    assert.equal(backoff, 800);
    server.script = [refuse(503, { "Retry-After": "3600" }), link];
    await assert.rejects(linkerFor().link([mentionOf()]), { status: 503 });
  });

  it("spreads its waits", async () => {
    server.script = [refuse(503), refuse(503), link];
    await linkerFor({ random: () => 0.5, backoffMs: 100 }).link([mentionOf()]);
    assert.deepEqual(waits, [75, 150]);
  });

  it("does not ask again what was refused, and tells why", async () => {
    const detail = [{ loc: ["body", "documents", 0, "text"], msg: "field required", type: "value_error" }];
    server.script = [refuse(422, {}, JSON.stringify({ detail }))];
    await assert.rejects(linkerFor().link(["Paris"]), (error: RemoteError) => {
      assert.match(
        error.message,
        /^\[L702\] .*\/v1\/link answered 422: body\.documents\.0\.text: field required$/,
      );
      assert.deepEqual(error.detail, detail);
      return true;
    });
    server.script = [refuse(401, {}, "who are you?")];
    await assert.rejects(linkerFor().link(["Paris"]), { status: 401, detail: "who are you?" });
    assert.deepEqual([server.asked.length, waits], [2, []]);
  });

  it("says that nobody is there, and why", async () => {
    const gone = createServer().listen(0, "127.0.0.1");
    await once(gone, "listening");
    const { port } = gone.address() as AddressInfo;
    gone.close();
    await once(gone, "close");
    const linker = linkerFor({ url: `http://127.0.0.1:${port}`, retries: 1 });
    await assert.rejects(linker.link(["Paris"]), { code: "L701", message: /ECONNREFUSED.*\(2 tries\)/ });
  });

  for (const { what, answer } of [
    { what: "no documents", answer: {} },
    { what: "null", answer: null },
    { what: "too few documents", answer: { documents: [] } },
    {
      what: "too many documents",
      answer: { documents: new Array(2).fill({ text: "In Paris", ents: [{ start: 3, end: 8 }] }) },
    },
    { what: "another text", answer: { documents: [{ text: "In Rome!", ents: [{ start: 3, end: 8 }] }] } },
    { what: "fewer mentions", answer: { documents: [{ text: "In Paris", ents: [] }] } },
    { what: "other mentions", answer: { documents: [{ text: "In Paris", ents: [{ start: 0, end: 2 }] }] } },
    {
      what: "mentions beyond the text",
      answer: { documents: [{ text: "In Paris", ents: [{ start: 3, end: 9 }] }] },
    },
  ]) {
    it(`refuses ${what} as an answer`, async () => {
      server.script = [say(JSON.stringify(answer))];
      const doc = mentionOf();
      await assert.rejects(linkerFor().link([doc]), { code: "L703" });
      assert.equal(doc.ents[0]?.kbId, "");
      assert.equal(server.asked.length, 1);
    });
  }
});

describe("RemoteLinker and a caller who changes their mind", () => {
  const stop = new Error("enough");
  const handles: AbortController[] = [];
  const aborting = (): AbortController => {
    const controller = new AbortController();
    handles.push(controller);
    return controller;
  };
  afterEach(() => {
    for (const controller of handles.splice(0)) controller.abort();
  });

  it("asks nobody when it is too late already", async () => {
    await assert.rejects(linkerFor().link(["Paris"], { signal: AbortSignal.abort(stop) }), stop);
    assert.equal(server.asked.length, 0);
  });

  it("stops while an answer is awaited", async () => {
    const controller = aborting();
    server.script = [() => controller.abort(stop)];
    await assert.rejects(linkerFor().link(["Paris"], { signal: controller.signal }), stop);
    assert.equal(server.asked.length, 1);
  });

  it("stops at once while it waits to ask again", { timeout: 5000 }, async () => {
    const controller = aborting();
    server.script = [
      (response) => {
        refuse(503, { "Retry-After": "30" })(response, "");
        setTimeout(() => controller.abort(stop), 5);
      },
    ];
    const connection = new Connection({ url: server.url });
    await assert.rejects(connection.post("/v1/link", {}, controller.signal), stop);
  });

  it("stops while a document is awaited that does not come", async () => {
    const controller = aborting();
    async function* source(): AsyncGenerator<string> {
      controller.abort(stop);
      await new Promise(() => {});
      yield "Paris";
    }
    await assert.rejects(all(linkerFor().pipe(source(), { signal: controller.signal })), stop);
  });
});
