/** What GERBIL sends and reads: one document a request, in Turtle, with or without mentions. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { Parser, Store, type Term } from "n3";
import { type Server, serve } from "../../src/server/serve.js";
import { ENTITIES, jsonLines, suiteFolder, writeCorpus } from "../fixtures.js";

const NIF = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#";
const ITSRDF = "http://www.w3.org/2005/11/its/rdf#";
const XSD = "http://www.w3.org/2001/XMLSchema#";
const DOCUMENT = "http://www.aksw.org/gerbil/NifWebService/request_0";
/** As GERBIL sets them. */
const HEADERS = {
  "content-type": "application/x-turtle;charset=UTF-8",
  accept: "application/x-turtle",
  "accept-charset": "UTF-8",
};

const { source } = writeCorpus(suiteFolder());
const odd = [
  { id: "https://example.org/Ulm", name: "Ulm" },
  { id: "a <b>", name: "Bonn" },
];
writeFileSync(join(source, "entities.jsonl"), jsonLines([...ENTITIES, ...odd]));
let server: Server;
before(async () => {
  server = await serve(source, {
    port: 0,
    batchLimit: 2,
    logLevel: "silent",
    entityBase: "http://www.wikidata.org/entity/",
  });
});
after(() => server.close());

/** A document as GERBIL writes it, offsets in code points. */
function requestOf(text: string, mentions: readonly string[], document = DOCUMENT): string {
  const length = [...text].length;
  const whole = `<${document}#char=0,${length}>`;
  const index = (value: number): string => `"${value}"^^xsd:nonNegativeInteger`;
  const phrases = mentions.map((mention) => {
    const begin = [...text.slice(0, text.indexOf(mention))].length;
    const end = begin + [...mention].length;
    return `<${document}#char=${begin},${end}>
        a                     nif:RFC5147String , nif:String , nif:Phrase ;
        nif:anchorOf          ${JSON.stringify(mention)}^^xsd:string ;
        nif:beginIndex        ${index(begin)} ;
        nif:endIndex          ${index(end)} ;
        nif:referenceContext  ${whole} .`;
  });
  return `@prefix xsd:   <${XSD}> .
@prefix itsrdf: <${ITSRDF}> .
@prefix nif:   <${NIF}> .

${whole}
        a               nif:RFC5147String , nif:String , nif:Context ;
        nif:beginIndex  ${index(0)} ;
        nif:endIndex    ${index(length)} ;
        nif:isString    ${JSON.stringify(text)}^^xsd:string .

${phrases.join("\n\n")}
`;
}

const post = (payload: string | Buffer, headers: Record<string, string> = HEADERS) =>
  server.app.inject({ method: "POST", url: "/nif", headers, payload });

interface Annotation {
  readonly begin: number;
  readonly end: number;
  readonly iri: string | undefined;
  readonly confidence: number | undefined;
}

/** What GERBIL takes out of an answer: the places in each context, their entities and how sure they are. */
async function annotate(payload: string): Promise<Annotation[]> {
  const answer = await post(payload);
  assert.equal(answer.statusCode, 200, answer.body);
  const store = new Store(new Parser().parse(answer.body));
  const objectOf = (node: Term, predicate: string): string | undefined =>
    store.getObjects(node, predicate, null)[0]?.value;
  const nodes = store.getSubjects(`${NIF}referenceContext`, null, null);
  const annotations = nodes.map((node) => ({
    begin: Number(objectOf(node, `${NIF}beginIndex`)),
    end: Number(objectOf(node, `${NIF}endIndex`)),
    iri: objectOf(node, `${ITSRDF}taIdentRef`),
    confidence: Number(objectOf(node, `${ITSRDF}taConfidence`)),
  }));
  return annotations.sort((a, b) => a.begin - b.begin);
}

describe("POST /nif", () => {
  it("links the mentions that GERBIL marks (D2KB)", async () => {
    const text = "😀 The kingdom of Jordan has the capital Amman. Wagga Wagga is far from Zürich.";
    const [jordan, wagga, zurich] = (await annotate(
      requestOf(text, ["Jordan", "Wagga Wagga", "Zürich"]),
    )) as [Annotation, Annotation, Annotation];
    assert.equal(jordan.iri, "http://www.wikidata.org/entity/Q4");
    assert.equal([...text].slice(jordan.begin, jordan.end).join(""), "Jordan");
    assert.ok((jordan.confidence as number) > 0.5 && (jordan.confidence as number) <= 1);
    assert.equal(zurich.iri, "http://www.wikidata.org/entity/Q8");
    assert.equal([...text].slice(zurich.begin, zurich.end).join(""), "Zürich");
    assert.equal(wagga.iri, "http://aksw.org/notInWiki/Wagga_Wagga");
  });

  it("finds mentions where there are none (A2KB)", async () => {
    const text = "😀 From the Seine one sees all of Paris, the capital of France.";
    const found = await annotate(requestOf(text, []));
    assert.equal(found.length, 1);
    assert.equal([...text].slice(found[0]?.begin, found[0]?.end).join(""), "Paris");
    assert.equal(found[0]?.iri, "http://www.wikidata.org/entity/Q1");
  });

  it("links mentions that overlap, and several documents", async () => {
    const text = "The heiress and star Paris Hilton sang.";
    const [inner, outer] = (await annotate(requestOf(text, ["Paris Hilton", "Hilton"]))) as [
      Annotation,
      Annotation,
    ];
    assert.deepEqual([inner.begin, outer.begin], [21, 27]);
    assert.equal(inner.iri, "http://www.wikidata.org/entity/Q3");
    const two =
      requestOf("Zürich", ["Zürich"]) + requestOf("Michael Jordan", ["Michael Jordan"], `${DOCUMENT}1`);
    const iris = (await annotate(two)).map(({ iri }) => iri);
    assert.deepEqual(iris.sort(), ["http://www.wikidata.org/entity/Q5", "http://www.wikidata.org/entity/Q8"]);
  });

  it("gives ids that are IRIs as they are, and makes IRIs of all others", async () => {
    const found = await annotate(requestOf("from Ulm to Bonn", ["Ulm", "Bonn"]));
    assert.deepEqual(
      found.map(({ iri }) => iri),
      ["https://example.org/Ulm", "http://www.wikidata.org/entity/a%20%3Cb%3E"],
    );
  });

  it("answers in the type that was sent, and counts documents", async () => {
    const gerbil = await post(requestOf("Zürich", ["Zürich"]));
    assert.equal(gerbil.headers["content-type"], "application/x-turtle; charset=utf-8");
    const plain = await post(requestOf("Zürich", ["Zürich"]), { "content-type": "text/turtle" });
    assert.equal(plain.headers["content-type"], "text/turtle; charset=utf-8");
    const { body } = await server.app.inject({ url: "/metrics" });
    assert.ok(Number(/^linkwright_documents_total (\d+)$/mu.exec(body)?.[1]) >= 2);
  });

  it("refuses what is no NIF in Turtle", async () => {
    const problem = async (payload: string | Buffer, headers = HEADERS): Promise<[number, string]> => {
      const answer = await post(payload, headers);
      return [answer.statusCode, answer.json().detail[0].msg];
    };
    const refused = await problem("<a> nif:isString");
    assert.equal(refused[0], 422);
    assert.match(refused[1], /L125.*is not Turtle/);
    assert.equal((await problem(""))[0], 422);
    assert.match((await problem(Buffer.from([0xff])))[1], /not UTF-8/);
    const misplaced = requestOf("in Zürich", ["Zürich"]).replaceAll(
      'nif:endIndex          "9"',
      'nif:endIndex "10"',
    );
    assert.match((await problem(misplaced))[1], /L126.*nif:endIndex 10/);
    const three = ["a", "b", "c"].map((name) => requestOf("x", [], DOCUMENT + name)).join("");
    assert.match((await problem(three))[1], /L127.*3 documents, 2 are allowed/);
    assert.equal((await problem("{}", { ...HEADERS, "content-type": "application/json" }))[0], 415);
  });

  it("is in the OpenAPI document, with its types", async () => {
    const { paths } = (await server.app.inject({ url: "/openapi.json" })).json();
    const { requestBody, responses } = paths["/nif"].post;
    const types = ["text/turtle", "application/x-turtle"];
    assert.deepEqual(Object.keys(requestBody.content), types);
    assert.deepEqual(Object.keys(responses[200].content), types);
    assert.deepEqual(Object.keys(responses[422].content), ["application/json"]);
  });
});
