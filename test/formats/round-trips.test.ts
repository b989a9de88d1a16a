import assert from "node:assert/strict";
import { Writable } from "node:stream";
import { describe, test } from "node:test";
import fc from "fast-check";
import { docToJson, parseDoc } from "../../src/formats/doc-json.js";
import { readDocs, writeDocs } from "../../src/formats/doc-jsonl.js";
import { docBinDocs } from "../../src/formats/docbin.js";
import { readAnyDocs } from "../../src/formats/document-formats.js";
import type { DocumentFormat } from "../../src/formats/format-names.js";
import type { Doc } from "../../src/text/doc.js";
import { type JsonDoc, jsonDoc, oddId, oddText, type Range } from "../arbitraries.js";
import { type BinDoc, type BinToken, docBinBytes } from "./docbin-writer.js";

const docs = fc.array(jsonDoc, { minLength: 1, maxLength: 4 });
const jsonLines = (rows: readonly unknown[]): string =>
  rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** A stream of a text, in pieces that may end inside a character. */
function chunked(text: string, size: number): AsyncIterable<Uint8Array> {
  const bytes = Buffer.from(text);
  return (async function* () {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  })();
}

async function read(text: string, format: DocumentFormat = "docs", size = 1000): Promise<object[]> {
  const found: object[] = [];
  for await (const doc of readAnyDocs("-", format, { stdin: chunked(text, size) }))
    found.push(docToJson(doc));
  return found;
}

async function written(given: Iterable<Doc>): Promise<string> {
  const chunks: string[] = [];
  const stdout = new Writable({
    decodeStrings: false,
    write(chunk: string, _encoding, done) {
      chunks.push(chunk);
      done();
    },
  });
  await writeDocs("-", given, { stdout });
  return chunks.join("");
}

/** The text as a file of one list, or indented, or of another program's line ends. */
const LAYOUTS: readonly ((rows: readonly unknown[]) => string)[] = [
  jsonLines,
  (rows) => JSON.stringify(rows),
  (rows) => `\ufeff${JSON.stringify(rows, null, 2)}`,
  (rows) => `\ufeff${jsonLines(rows).replaceAll("\n", "\r\n\r\n")}`,
];
const layout = fc.nat(LAYOUTS.length - 1);
const laidOut = (rows: readonly unknown[], i: number): string =>
  (LAYOUTS[i] as (typeof LAYOUTS)[number])(rows);

/** Ranges counted in code points, as Python counts. */
function inPython<T extends Range>(text: string, ranges: readonly T[]): T[] {
  const points = (offset: number): number => [...text.slice(0, offset)].length;
  return ranges.map((range) => ({ ...range, start: points(range.start), end: points(range.end) }));
}

describe("documents JSONL", () => {
  test("any document comes back as it went, lone surrogates too, and is written to the byte again", async () => {
    await fc.assert(
      fc.asyncProperty(docs, fc.integer({ min: 1, max: 40 }), async (rows, size) => {
        const parsed = rows.map((row) => parseDoc(row, { file: "x" }));
        const text = await written(parsed);
        assert.equal(text, jsonLines(rows));
        assert.deepEqual(await read(text, "docs", size), rows);
        const again: Doc[] = [];
        for await (const doc of readDocs("-", { stdin: chunked(text, size) })) again.push(doc);
        assert.equal(await written(again), text);
      }),
      { numRuns: 100 },
    );
  });

  test("CRLF, a byte order mark and blank lines change nothing", async () => {
    await fc.assert(
      fc.asyncProperty(docs, async (rows) => {
        assert.deepEqual(await read(laidOut(rows, 3), "docs", 7), rows);
      }),
      { numRuns: 60 },
    );
  });

  test("mentions that are empty, cross each other, cut a character or leave the text are refused, others are kept", () => {
    const offset = fc.integer({ min: -1, max: 7 });
    const ranges = fc.array(
      fc.tuple(offset, offset).map(([start, end]) => ({ start, end })),
      { maxLength: 3 },
    );
    const seen = new Set<string>();
    fc.assert(
      fc.property(oddText({ maxLength: 4 }), ranges, fc.constantFrom("ents", "sents"), (text, given, key) => {
        const expected = codeOf(text, given);
        seen.add(String(expected));
        const parse = (): Doc => parseDoc({ text, [key]: given }, { file: "f", line: 3 });
        if (expected) return assert.throws(parse, { code: expected, message: /f:3: (ents|sents)\[\d\]/ });
        const found = key === "ents" ? parse().ents : parse().sents;
        const sorted = [...given].sort((a, b) => a.start - b.start);
        assert.deepEqual(
          found.map(({ start, end }) => ({ start, end })),
          sorted,
        );
      }),
      { numRuns: 1500 },
    );
    assert.deepEqual([...seen].sort(), ["L103", "L104", "L105", "undefined"]);
  });
});

/** The code with which ranges of a text are refused. */
function codeOf(text: string, ranges: readonly Range[]): string | undefined {
  const edges = new Set([0]);
  for (let at = 0; at < text.length; edges.add(at))
    at += String.fromCodePoint(text.codePointAt(at) ?? 0).length;
  for (const { start, end } of ranges) {
    if (start < 0 || end <= start || end > text.length) return "L103";
    if (!edges.has(start) || !edges.has(end)) return "L104";
  }
  const crosses = (a: Range, i: number): boolean =>
    ranges.some((b, k) => k < i && a.start < b.end && b.start < a.end);
  return ranges.some(crosses) ? "L105" : undefined;
}

describe("what other programs write", () => {
  test("Doc.to_json, in code points, in any layout", async () => {
    await fc.assert(
      fc.asyncProperty(docs, layout, async (rows, i) => {
        const theirs = rows.map(({ text, ents, sents, ...rest }) => ({
          ...rest,
          text,
          ents: inPython(text, ents),
          ...(sents && { sents: inPython(text, sents) }),
          tokens: [{ id: 0, start: 0, end: 1 }],
        }));
        assert.deepEqual(await read(laidOut(theirs, i), "spacy-json"), rows);
      }),
      { numRuns: 100 },
    );
  });

  test("spaCy's training examples, whose entities without a link are not annotated", async () => {
    await fc.assert(
      fc.asyncProperty(docs, layout, async (rows, i) => {
        const named = rows.map(({ text, ents, sents }): JsonDoc => {
          const kept = ents.map(({ start, end, label, kb_id }) => ({
            start,
            end,
            label: label || "X",
            kb_id,
          }));
          return { text, ents: kept, ...(sents && { sents }) };
        });
        const theirs = named.map(({ text, ents, sents }) => {
          const entities = inPython(text, ents);
          const links = entities.map(({ start, end, kb_id }) => [
            `(${start}, ${end})`,
            Object.fromEntries([["other", 0], ...(kb_id === "" ? [] : [[kb_id, 1.0]])]),
          ]);
          return [
            text,
            {
              entities: entities.map(({ start, end, label }) => [start, end, label]),
              links: Object.fromEntries(links),
              ...(sents && { sents: inPython(text, sents).map(({ start, end }) => [start, end]) }),
            },
          ];
        });
        assert.deepEqual(await read(laidOut(theirs, i), "spacy-train"), named);
      }),
      { numRuns: 100 },
    );
  });

  test("Prodigy's accepted answers, one mention and the id that was chosen, or as many as they have", async () => {
    await fc.assert(
      fc.asyncProperty(docs, layout, async (rows, i) => {
        const plain = rows.map(({ text, ents }): JsonDoc => {
          return { text, ents: ents.map(({ start, end, label, kb_id }) => ({ start, end, label, kb_id })) };
        });
        const theirs = plain.map(({ text, ents }) => {
          const [only] = ents;
          const spans = inPython(text, ents);
          if (ents.length !== 1 || !only?.kb_id) return { text, spans };
          const accept = [only.kb_id === "NIL" ? "NIL_otherLink" : only.kb_id];
          return { text, spans: spans.map(({ kb_id, ...span }) => span), accept, answer: "accept" };
        });
        assert.deepEqual(await read(laidOut(theirs, i), "prodigy"), plain);
      }),
      { numRuns: 100 },
    );
  });
});

describe("DocBin", () => {
  const lone = false; // spaCy refuses lone surrogates
  const binToken = fc.record({
    word: oddText({ minLength: 1, maxLength: 3, lone }),
    space: fc.boolean(),
    iob: fc.constantFrom("B", "I", "O", "O"),
    label: oddText({ minLength: 1, maxLength: 2, lone }),
    kbId: fc.oneof(fc.constantFrom("", "NIL"), oddId({ lone })),
    startsSentence: fc.boolean(),
  });
  const binDoc = fc
    .record({ tokens: fc.array(binToken, { maxLength: 8 }), hasSents: fc.boolean() })
    .map(({ tokens, hasSents }): BinDoc => ({ tokens: continued(tokens), hasSents }));

  /** An entity goes on only behind its beginning. */
  function continued(tokens: readonly BinToken[]): BinToken[] {
    let isOpen = false;
    return tokens.map((token) => {
      const iob = token.iob === "I" && !isOpen ? "B" : token.iob;
      isOpen = iob !== "O";
      return { ...token, iob };
    });
  }

  /** The document that tokens are, word by word. */
  function docOf({ tokens, hasSents }: BinDoc): object {
    let text = "";
    const ents: { start: number; end: number; label: string; kb_id: string }[] = [];
    const sents: { start: number; end: number }[] = [];
    for (const [i, { word, space, iob, label, kbId, startsSentence }] of tokens.entries()) {
      const [start, end] = [text.length, text.length + word.length];
      if (iob === "B") ents.push({ start, end, label, kb_id: kbId });
      if (iob === "I") Object.assign(ents.at(-1) as object, { end });
      if (i === 0 || startsSentence) sents.push({ start, end });
      Object.assign(sents.at(-1) as object, { end });
      text += space ? `${word} ` : word;
    }
    return hasSents || tokens.length <= 1 ? { text, ents, sents } : { text, ents };
  }

  test("any tokens give their text, mentions and sentences", () => {
    fc.assert(
      fc.property(fc.array(binDoc, { minLength: 1, maxLength: 4 }), (rows) => {
        const found = [...docBinDocs(docBinBytes(rows), "x.spacy")].map(docToJson);
        assert.deepEqual(found, rows.map(docOf));
        for (const row of found) assert.deepEqual(docToJson(parseDoc(row, { file: "x" })), row);
      }),
      { numRuns: 150 },
    );
  });
});
