import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { readNif, writeNif } from "../../src/formats/nif.js";

const PREFIXES = `@prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
@prefix itsrdf: <http://www.w3.org/2005/11/its/rdf#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix d: <http://example.org/doc#> .
`;
const context = (name: string, text: string): string =>
  `d:${name} a nif:Context ; nif:isString ${JSON.stringify(text)} .\n`;
const phrase = (name: string, of: string, begin: number, end: number, more = ""): string =>
  `d:${name} a nif:Phrase ; nif:referenceContext d:${of} ; nif:beginIndex "${begin}"^^xsd:nonNegativeInteger ; nif:endIndex ${end} ${more}.\n`;

const surfaces = (turtle: string): string[][] =>
  readNif(PREFIXES + turtle).map(({ doc }) => doc.ents.map(({ start, end }) => doc.text.slice(start, end)));

describe("readNif", () => {
  it("takes documents with their mentions, in the order of their places", () => {
    const turtle =
      context("a", "Paris and Amman") +
      phrase("p2", "a", 10, 15) +
      phrase("p1", "a", 0, 5) +
      context("b", "nothing") +
      "d:c a nif:Context .\n";
    assert.deepEqual(surfaces(turtle), [["Paris", "Amman"], []]);
    const [first] = readNif(PREFIXES + turtle);
    assert.deepEqual(
      first?.phrases.map(({ value }) => value),
      ["http://example.org/doc#p1", "http://example.org/doc#p2"],
    );
  });

  it("counts code points, and UTF-16 where only that reads like the anchor", () => {
    const text = "😀😀 Paris, Amman";
    assert.deepEqual(surfaces(context("a", text) + phrase("p", "a", 3, 8)), [["Paris"]]);
    assert.deepEqual(surfaces(context("a", text) + phrase("p", "a", 3, 8, '; nif:anchorOf "Paris"')), [
      ["Paris"],
    ]);
    assert.deepEqual(surfaces(context("a", text) + phrase("p", "a", 5, 10, '; nif:anchorOf "Paris"')), [
      ["Paris"],
    ]);
    assert.deepEqual(surfaces(context("a", text) + phrase("p", "a", 10, 15)), [["Amman"]]);
  });

  it("passes over sentences and what has no place", () => {
    const turtle =
      context("a", "Paris. Amman.") +
      "d:s a nif:Sentence ; nif:referenceContext d:a ; nif:beginIndex 0 ; nif:endIndex 6 .\n" +
      "d:n a nif:Phrase ; nif:referenceContext d:a .\n" +
      phrase("p", "a", 7, 12);
    assert.deepEqual(surfaces(turtle), [["Amman"]]);
  });

  it("takes the whole text for a mention where it is one", () => {
    const whole = `${context("a", "Paris")}d:a nif:referenceContext d:a ; nif:beginIndex 0 ; nif:endIndex 5 .\n`;
    assert.deepEqual(surfaces(whole), [[]]);
    assert.deepEqual(surfaces(`${whole}d:a a nif:Phrase .`), [["Paris"]]);
  });

  it("refuses what is no Turtle, and places that are none", () => {
    const a = context("a", "Paris");
    assert.throws(() => readNif("@prefix"), { code: "L125" });
    assert.throws(() => readNif("d:a d:b d:c ."), { code: "L125", message: /d:/ });
    assert.throws(() => surfaces(a + phrase("p", "a", 0, 6)), {
      code: "L126",
      message: /doc#p has nif:beginIndex 0 and nif:endIndex 6/,
    });
    assert.throws(() => surfaces(a + phrase("p", "a", 3, 3)), { code: "L126" });
    assert.throws(() => surfaces(a + phrase("p", "a", 0, 5, '; nif:anchorOf "Pariz"')), {
      code: "L126",
      message: /"Pariz"/,
    });
    assert.throws(
      () => surfaces(`${a}d:p nif:referenceContext d:a ; nif:beginIndex "x" ; nif:endIndex 5 .`),
      {
        code: "L126",
        message: /nif:beginIndex x\. Expected a whole number/,
      },
    );
  });
});

describe("writeNif", () => {
  it("adds links to what came, in place of those that came", () => {
    const turtle =
      PREFIXES +
      context("a", "Paris") +
      "d:a nif:sourceUrl <http://example.org/page> .\n" +
      phrase("p", "a", 0, 5, "; itsrdf:taIdentRef <http://example.org/old> ; itsrdf:taConfidence 0.5 ");
    const documents = readNif(turtle);
    const link = { phrase: documents[0]?.phrases[0], start: 0, end: 5, confidence: 0.25 };
    const linked = writeNif(documents, [[{ ...link, iri: "http://example.org/Q1" }]]);
    assert.match(linked, /itsrdf:taIdentRef <http:\/\/example\.org\/Q1>/);
    assert.match(linked, /itsrdf:taConfidence "0\.25"\^\^xsd:double/);
    assert.match(linked, /nif:confidence "0\.25"\^\^xsd:double/);
    assert.match(linked, /nif:sourceUrl <http:\/\/example\.org\/page>/);
    assert.doesNotMatch(linked, /old|0\.5/);
    const unlinked = writeNif(readNif(linked), [[{ ...link, iri: undefined }]]);
    assert.doesNotMatch(unlinked, /taIdentRef|onfidence/);
  });

  it("gives mentions that were found nodes of their own, at code points", () => {
    const documents = readNif(
      `${PREFIXES}<http://example.org/doc#char=0,8> a nif:Context ; nif:isString "😀 Paris!" .`,
    );
    const linked = writeNif(documents, [
      [{ phrase: undefined, start: 3, end: 8, iri: "http://example.org/Q1", confidence: 1 }],
    ]);
    const [again] = readNif(linked);
    assert.deepEqual(
      again?.phrases.map(({ value }) => value),
      ["http://example.org/doc#char=2,7"],
    );
    assert.deepEqual(
      again?.doc.ents.map(({ start, end }) => [start, end]),
      [[3, 8]],
    );
    assert.match(linked, /nif:anchorOf "Paris"/);
  });

  it("keeps documents without IRI apart", () => {
    const documents = readNif(
      `${PREFIXES}[] a nif:Context ; nif:isString "Paris" . [] a nif:Context ; nif:isString "in Amman" .`,
    );
    const links = documents.map(({ doc }) => {
      const start = doc.text.startsWith("in") ? 3 : 0;
      return [
        { phrase: undefined, start, end: start + 5, iri: `urn:${doc.text.slice(start)}`, confidence: 1 },
      ];
    });
    const again = readNif(writeNif(documents, links));
    assert.deepEqual(
      again.map(({ doc }) => doc.ents.map(({ start, end }) => doc.text.slice(start, end))),
      [["Paris"], ["Amman"]],
    );
  });
});
