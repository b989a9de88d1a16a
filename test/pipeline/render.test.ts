import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { renderHtml } from "../../src/pipeline/render/html.js";
import { linkedTextToJson } from "../../src/pipeline/render/json.js";
import { segmentsOf } from "../../src/pipeline/render/segments.js";
import { tableOf } from "../../src/pipeline/render/table.js";
import { linksOfText, type TextLink } from "../../src/pipeline/text-link.js";

/** A link of the first `mention` in a text. */
function link(text: string, mention: string, changes: Partial<TextLink> = {}): TextLink {
  const start = text.indexOf(mention);
  const candidates = [
    { kbId: "Q1", title: "One", url: "https://example.org/1", score: 0.75, prior: 0.5, context: 0.25 },
    { kbId: "Q2", title: "Two", url: "", score: 0.2, prior: 0.5 },
  ];
  return {
    mention,
    label: "ORG",
    start,
    end: start + mention.length,
    kbId: "Q1",
    title: "One",
    url: "https://example.org/1",
    score: 0.75,
    reason: "linked",
    candidates,
    ...changes,
  };
}

const nil: Partial<TextLink> = {
  kbId: "NIL",
  title: "",
  url: "",
  reason: "no_candidates",
  score: 1,
  candidates: [],
};

/** The page's text as a reader sees it in the marked-up part. */
function shownText(html: string): string {
  const [, marked = ""] = /<div class="text">(.*?)<\/div>/s.exec(html) ?? [];
  return marked
    .replaceAll(/<span class="tip".*?<\/span><\/span>/gs, "")
    .replaceAll(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&quot;", '"')
    .replaceAll("&#39;", "'")
    .replaceAll("&amp;", "&");
}

describe("renderHtml", () => {
  const text = 'Apple & <b>Orange</b> met "Pear" in 東京🍎京.';

  it("shows the text as it is, whatever is in it, and marks each mention", () => {
    const links = [link(text, "Apple"), link(text, "<b>Orange</b>", nil), link(text, "🍎")];
    const html = renderHtml(linksOfText(text, links));
    assert.equal(shownText(html), text);
    assert.equal(html.match(/popovertarget="/g)?.length, 3);
    assert.match(html, /class="mention nil"[^>]*>&lt;b&gt;Orange&lt;\/b&gt;</);
    assert.match(html, />🍎<\/button>/);
  });

  it("tells score and reason where the mention is, and opens its candidates", () => {
    const html = renderHtml({ text, links: [link(text, "Apple")] });
    assert.match(
      html,
      /aria-describedby="(t0s0tip)".*role="tooltip" id="\1">.*best of 2: 0\.75, next Two 0\.20/,
    );
    const [, panel = ""] = /<div popover id="t0s0">(.*?)<\/div>/s.exec(html) ?? [];
    assert.match(panel, /<a href="https:\/\/example\.org\/1" rel="noreferrer"><bdi>One<\/bdi><\/a>/);
    assert.match(panel, /<bdi>Two<\/bdi>.*prior 0\.50/s);
    assert.match(panel, /prior 0\.50, context 0\.25/);
  });

  it("keeps tips inside the window, and off the page until they are wanted: it never scrolls sideways", () => {
    const html = renderHtml({ text, links: [link(text, "Apple")] });
    const [, tip = ""] = /^\.tip \{(.*?)\}/ms.exec(html) ?? [];
    assert.match(tip, /display: none; position: fixed; inset: auto 1rem 1rem;/);
    assert.doesNotMatch(tip, /max-content|visibility/);
    assert.match(html, /\.mention:hover \+ \.tip, \.mention:focus-visible \+ \.tip \{ display: block; \}/);
    assert.match(html, /^body \{[^}]*overflow-wrap: anywhere/m);
  });

  it("escapes every string of a link, and follows addresses of the web alone", () => {
    const evil = '"><script>alert(1)</script>';
    const candidate = { kbId: evil, title: evil, url: "javascript:alert(1)", score: 0.5, prior: 1 };
    const bad = link(text, "Apple", {
      kbId: evil,
      title: evil,
      label: evil,
      url: "javascript:alert(1)",
      candidates: [candidate],
    });
    const html = renderHtml({ text, links: [bad] }, { title: evil });
    assert.doesNotMatch(html, /<script|javascript:/i);
    const quoted = link(text, "Apple", { url: 'https://example.org/"onmouseover="x' });
    assert.match(
      renderHtml({ text, links: [quoted] }),
      /href="https:\/\/example\.org\/&quot;onmouseover=&quot;x"/,
    );
  });

  it("needs nothing from outside and runs nothing", () => {
    const html = renderHtml({ text, links: [link(text, "Apple")] });
    assert.match(html, /default-src 'none'/);
    assert.doesNotMatch(html, /<(?:script|link|img|iframe)|@import|url\(/);
  });

  it("shows several texts, and one without mentions", () => {
    const html = renderHtml([
      linksOfText("One Apple", [link("One Apple", "Apple")]),
      { text: "nothing", links: [] },
    ]);
    assert.equal(html.match(/<div class="text">/g)?.length, 2);
    assert.match(html, /no mentions found/);
    assert.match(renderHtml([]), /<body>/);
    assert.match(renderHtml(linksOfText("", [])), /<div class="text"><\/div>/);
  });

  it("refuses links whose text is not known, and unknown options", () => {
    const links = linksOfText(text, [link(text, "Apple")]);
    assert.throws(() => renderHtml(links.filter(() => true) as never), /\[L828\]/);
    assert.throws(() => renderHtml(undefined as never), /\[L828\]/);
    assert.throws(() => renderHtml(links, { titel: "x" } as object), /\[L001\]/);
  });
});

describe("segmentsOf", () => {
  const text = "New York City Hall";
  const named = (segments: ReturnType<typeof segmentsOf>): [string, string[]][] =>
    segments.map((segment) => [segment.text, segment.links.map(({ mention }) => mention)]);

  it("keeps adjacent, nested and crossing mentions", () => {
    assert.deepEqual(named(segmentsOf({ text: "AB", links: [link("AB", "A"), link("AB", "B")] })), [
      ["A", ["A"]],
      ["B", ["B"]],
    ]);
    const links = ["New York", "York City Hall", "City"].map((mention) => link(text, mention));
    const segments = segmentsOf({ text, links });
    assert.deepEqual(named(segments), [
      ["New ", ["New York"]],
      ["York", ["New York", "York City Hall"]],
      [" ", ["York City Hall"]],
      ["City", ["City", "York City Hall"]],
      [" Hall", ["York City Hall"]],
    ]);
    assert.equal(shownText(renderHtml({ text, links })), text);
    assert.match(renderHtml({ text, links }), /City<\/bdi>.*<h2>.*York City Hall/s);
  });

  it("leaves out what lies outside of the text", () => {
    const outside = { ...link(text, "Hall"), end: 99 };
    assert.deepEqual(named(segmentsOf({ text, links: [outside] })), [[text, []]]);
  });
});

describe("control characters of titles and texts", () => {
  const text = "Apple\u001b[2J";
  const title = "One\u001b]0;x\u0007\u007f\u009b1m\u202e\ntwo";
  const links = linksOfText(text, [link(text, text, { kbId: "Q\u0008", title })]);

  it("are shown in tables and pages, and steer no terminal", () => {
    const shown = "One␛]0;x␇␡\ufffd1m\ufffd";
    assert.ok(tableOf(links).startsWith(`Apple␛[2J  Q␈  0.75  ${shown} two  https://example.org/1  best`));
    const html = renderHtml(links, { title });
    assert.ok(html.includes(`<h1>${shown}\ntwo</h1>`) && html.includes("Apple␛[2J</button>"));
    for (const output of [html, tableOf(links)]) assert.doesNotMatch(output, /[^\P{Cc}\n]|\u202e/u);
  });
});

describe("tableOf and linkedTextToJson", () => {
  const text = "Apple in\nCupertino, Mercury";
  const links = linksOfText(text, [
    link(text, "Apple"),
    link(text, "in\nCupertino", nil),
    link(text, "Mercury", { ...nil, reason: "below_threshold", candidates: link(text, "Apple").candidates }),
  ]);

  it("a line a mention: what, to what, how sure, and why", () => {
    assert.deepEqual(tableOf(links).split("\n"), [
      "Apple         Q1   0.75  One  https://example.org/1  best of 2: 0.75, next Two 0.20",
      "in Cupertino  NIL  1.00  no candidates",
      "Mercury       NIL  1.00  no link is sure enough, best One 0.75",
      "",
    ]);
  });

  it("keys as in files", () => {
    const json = linkedTextToJson(links) as { text: string; links: Record<string, unknown>[] };
    assert.equal(json.text, text);
    assert.deepEqual(Object.keys(json.links[0] ?? {}), [
      "mention",
      "label",
      "start",
      "end",
      "kb_id",
      "title",
      "url",
      "score",
      "reason",
      "candidates",
    ]);
    assert.deepEqual((json.links[0]?.candidates as object[] | undefined)?.[1], {
      kb_id: "Q2",
      title: "Two",
      url: "",
      score: 0.2,
      prior: 0.5,
    });
  });
});
