import { DataFactory, Parser, type Quad, Store, type Term, Writer } from "n3";
import { linkwrightError } from "../errors.js";
import { Doc, type Span } from "../text/doc.js";
import { startsOfCodePoints } from "./code-points.js";

const NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#";
const ITSRDF = "http://www.w3.org/2005/11/its/rdf#";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
const PREFIXES = { nif: NIF, itsrdf: ITSRDF, xsd: XSD };

const { namedNode, literal, quad } = DataFactory;
const TYPE = namedNode(`${RDF}type`);
const nif = (name: string) => namedNode(NIF + name);
const itsrdf = (name: string) => namedNode(ITSRDF + name);

type Node = Quad["subject"];

/** A document of NIF with the nodes that stand for it and for its mentions. */
export interface NifDocument {
  readonly doc: Doc;
  readonly context: Node;
  /** Of the document's mentions, in their order. */
  readonly phrases: readonly Node[];
  readonly store: Store;
}

/** What a mention is linked to. */
export interface NifLink extends Pick<Span, "start" | "end"> {
  /** The node that stands for the mention; absent for one that was found. */
  readonly phrase: Node | undefined;
  /** Absent for a mention that is not linked. */
  readonly iri: string | undefined;
  /** 0 to 1. */
  readonly confidence: number;
}

/**
 * The documents of NIF 2.0 in Turtle: each `nif:Context` with its `nif:isString`, and as mentions what names it as
 * `nif:referenceContext` and has `nif:beginIndex` and `nif:endIndex`. NIF counts code points, as GERBIL does; where these don't give
 * the `nif:anchorOf`, UTF-16 code units are tried. What links mentions have is left out.
 *
 * @throws L125 not Turtle, L126 a mention that is none
 */
export function readNif(turtle: string, where = "the body"): NifDocument[] {
  const store = parse(turtle, where);
  const contexts = store.getSubjects(TYPE, nif("Context"), null);
  return contexts.flatMap((context) => {
    const [text] = store.getObjects(context, nif("isString"), null);
    if (!text) return [];
    const phrases = phrasesOf(store, context, text.value, where);
    const ents = phrases.map(({ start, end }) => ({ start, end }));
    const doc = new Doc(text.value, { id: context.value, ents });
    return [{ doc, context, phrases: phrases.map(({ node }) => node), store }];
  });
}

function parse(turtle: string, where: string): Store {
  try {
    return new Store(new Parser({ format: "text/turtle", baseIRI: "urn:linkwright:document" }).parse(turtle));
  } catch (error) {
    throw linkwrightError("L125", { where, why: (error as Error).message }, error);
  }
}

interface Phrase {
  readonly node: Node;
  readonly start: number;
  readonly end: number;
}

function phrasesOf(store: Store, context: Node, text: string, where: string): Phrase[] {
  const starts = startsOfCodePoints(text);
  const phrases = store.getSubjects(nif("referenceContext"), context, null).flatMap((node): Phrase[] => {
    const is = (type: string): boolean => store.countQuads(node, TYPE, nif(type), null) > 0;
    // A mention that is the whole text has the text's own IRI.
    const isOther = is("Sentence") || (node.equals(context) && !is("Phrase"));
    const begin = indexOf(store, node, "beginIndex", where);
    const end = indexOf(store, node, "endIndex", where);
    if (isOther || begin === undefined || end === undefined) return [];
    const [anchor] = store.getObjects(node, nif("anchorOf"), null);
    const places = [[starts ? (starts[begin] ?? -1) : begin, starts ? (starts[end] ?? -1) : end] as const];
    if (starts) places.push([begin, end]);
    const place = places.find(([a, b]) => {
      const inside = a >= 0 && a < b && b <= text.length;
      return inside && (!anchor || text.slice(a, b) === anchor.value);
    });
    if (!place) {
      const found = `nif:beginIndex ${begin} and nif:endIndex ${end}${anchor ? ` and nif:anchorOf ${JSON.stringify(anchor.value)}` : ""}`;
      const expected = "code points of its nif:referenceContext, where that reads like nif:anchorOf";
      throw linkwrightError("L126", { where, node: node.value, found, expected });
    }
    return [{ node, start: place[0], end: place[1] }];
  });
  return phrases.sort((a, b) => a.start - b.start || a.end - b.end);
}

function indexOf(store: Store, node: Node, name: string, where: string): number | undefined {
  const [value] = store.getObjects(node, nif(name), null);
  if (!value) return undefined;
  if (/^\d{1,10}$/u.test(value.value)) return Number(value.value);
  throw linkwrightError("L126", {
    where,
    node: node.value,
    found: `nif:${name} ${value.value}`,
    expected: "a whole number",
  });
}

/**
 * The documents as they came, in Turtle, with the links of their mentions: `itsrdf:taIdentRef`, and how sure it is as
 * `itsrdf:taConfidence`, which GERBIL reads, and as `nif:confidence`.
 */
export function writeNif(documents: readonly NifDocument[], links: readonly (readonly NifLink[])[]): string {
  const store = documents[0]?.store ?? new Store();
  documents.forEach((document, d) => {
    const places = codePointsOf(document.doc.text);
    for (const link of links[d] ?? []) addLink(document, link, places);
  });
  let turtle = "";
  const writer = new Writer({ prefixes: PREFIXES });
  writer.addQuads(store.getQuads(null, null, null, null));
  writer.end((_error, text: string) => {
    turtle = text;
  });
  return turtle;
}

function addLink(
  document: NifDocument,
  { phrase, start, end, iri, confidence }: NifLink,
  codePoint: (at: number) => number,
): void {
  const { store, context, doc } = document;
  const node = phrase ?? newPhrase(context, codePoint(start), codePoint(end));
  const add = (predicate: ReturnType<typeof nif>, object: Quad["object"]): void => {
    store.addQuad(quad(node, predicate, object));
  };
  if (!phrase) {
    for (const type of ["Phrase", "String", "RFC5147String"]) add(TYPE, nif(type));
    add(nif("referenceContext"), context);
    add(nif("anchorOf"), literal(doc.text.slice(start, end)));
    add(nif("beginIndex"), wholeNumber(codePoint(start)));
    add(nif("endIndex"), wholeNumber(codePoint(end)));
  }
  for (const old of [itsrdf("taIdentRef"), itsrdf("taConfidence"), nif("confidence")])
    store.removeQuads(store.getQuads(node, old, null, null));
  if (iri === undefined) return;
  const sure = literal(String(confidence), namedNode(`${XSD}double`));
  add(itsrdf("taIdentRef"), namedNode(iri));
  add(itsrdf("taConfidence"), sure);
  add(nif("confidence"), sure);
}

/** The IRI of a place in a document, by RFC 5147; a document without IRI has mentions without. */
function newPhrase(context: Node, begin: number, end: number): Node {
  if (context.termType !== "NamedNode") return DataFactory.blankNode();
  return namedNode(`${context.value.split("#")[0]}#char=${begin},${end}`);
}

function wholeNumber(value: number): Term & { termType: "Literal" } {
  return literal(String(value), namedNode(`${XSD}nonNegativeInteger`));
}

/** UTF-16 offsets -> offsets in code points. */
function codePointsOf(text: string): (at: number) => number {
  const starts = startsOfCodePoints(text);
  if (!starts) return (at) => at;
  const places = new Map(starts.map((start, i) => [start, i]));
  return (at) => places.get(at) as number;
}
