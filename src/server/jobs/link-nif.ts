import { linkwrightError } from "../../errors.js";
import { type NifDocument, type NifLink, readNif, writeNif } from "../../formats/nif.js";
import type { Linker } from "../../linker/linker.js";
import type { Link } from "../../linker/predict.js";
import { NIL } from "../../text/doc.js";

export interface NifJob {
  /** NIF documents. */
  readonly turtle: string;
  /** What makes IRIs of ids that are none. */
  readonly entityBase: string;
  /** Most documents. */
  readonly limit: number;
}

/** What no knowledge base holds, as GERBIL's own data sets write it: it counts such IRIs as emerging entities. */
const NOT_IN_KB = "http://aksw.org/notInWiki/";

/**
 * Links documents of NIF. Mentions that were given and are not in the knowledge base get an IRI that is in none, as
 * GERBIL drops mentions without one; mentions that were found are told without an entity then.
 * @throws L125, L126, L127
 */
export function linkNif(
  linker: Linker,
  { turtle, entityBase, limit }: NifJob,
): { turtle: string; documents: number } {
  const documents = readNif(turtle);
  if (documents.length > limit)
    throw linkwrightError("L127", { where: "the body", found: documents.length, limit });
  const docs = documents.map(({ doc, phrases }) => {
    if (phrases.length === 0) doc.ents = linker.detect(doc);
    return doc;
  });
  const links = linker
    .predict(docs)
    .map((found, d) => found.map((link, i) => nifLinkOf(link, documents[d] as NifDocument, i, entityBase)));
  return { turtle: writeNif(documents, links), documents: documents.length };
}

function nifLinkOf(
  { start, end, kbId, score }: Link,
  { doc, phrases }: NifDocument,
  i: number,
  entityBase: string,
): NifLink {
  const phrase = phrases[i];
  const place = { start, end, confidence: score, phrase };
  if (kbId !== NIL) return { ...place, iri: iriOf(kbId, entityBase) };
  const name = doc.text.slice(start, end).replace(/\s+/gu, "_");
  return { ...place, iri: phrase ? iriOf(name, NOT_IN_KB) : undefined };
}

const IRI = /^(?:[a-z][a-z0-9+.-]*:\/\/|urn:)/iu;
/** What no IRI may hold. */
const FORBIDDEN = /[\0-\x20<>"{}|\\^`]/g;

/** An id as an IRI: as it is where it is one. */
function iriOf(id: string, base: string): string {
  return (IRI.test(id) ? id : base + id).replace(FORBIDDEN, (character) => encodeURIComponent(character));
}
