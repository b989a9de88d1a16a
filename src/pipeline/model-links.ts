import type { CandidateSource, TextCandidate } from "../kb/text-candidate.js";
import type { DocumentLinker } from "../linker/linker.js";
import type { Link, LinkCandidate } from "../linker/predict.js";
import { type Doc, NIL, type Span } from "../text/doc.js";
import { askCandidates } from "./ask-candidates.js";
import type { Disambiguator } from "./disambiguator.js";
import type { DocumentScoreOptions, DocumentScorer } from "./model-scorer.js";
import type { TextLink, TextLinkCandidate } from "./text-link.js";

/** Where an entity can be read. */
export type UrlOf = (kbId: string) => string;

/** What people are shown of a candidate. */
type ShownAs = (candidate: { kbId: string; name: string }) => Pick<TextCandidate, "title" | "url">;

export interface DocumentLinksOptions extends Omit<DocumentScoreOptions, "signal"> {
  readonly source: CandidateSource;
  readonly scorer: DocumentScorer;
}

/** Links whole documents to the candidates of a source. */
export function documentLinks({ source, scorer, ...options }: DocumentLinksOptions): Disambiguator {
  return async (docs, signal) => {
    const asked = await askCandidates(source, docs, signal);
    const links = await scorer.linkDocuments(docs, asked, { ...options, signal });
    const known = new Map<string, TextCandidate>([...asked.values()].flat().map((one) => [one.id, one]));
    const shownAs: ShownAs = ({ kbId }) => known.get(kbId) as TextCandidate;
    return docs.map((doc, d) => (links[d] ?? []).map((link) => textLink(doc, link, shownAs)));
  };
}

/** Links by a model and the knowledge base that it knows. */
export function modelLinks(linker: DocumentLinker, urlOf: UrlOf): Disambiguator {
  const shownAs: ShownAs = ({ kbId, name }) => ({ title: name, url: urlOf(kbId) });
  return async (docs, signal) => {
    const linked: TextLink[][] = [];
    for await (const doc of linker.pipe(
      docs.map((doc) => doc.withEnts([...doc.ents])),
      signal && { signal },
    )) {
      linked.push(doc.ents.map((span) => textLink(doc, linkOf(span), shownAs)));
    }
    return linked;
  };
}

/** What the linker wrote into a mention. */
function linkOf({ start, end, label, kbId, score = 0, reason, oneOf, candidates }: Span): Link {
  return {
    start,
    end,
    label,
    kbId,
    score,
    reason: reason as Link["reason"],
    ...(oneOf && { oneOf }),
    candidates: candidates as LinkCandidate[],
  };
}

function textLink(doc: Doc, link: Link, shownAs: ShownAs): TextLink {
  const { start, end, label, kbId, score, reason, oneOf } = link;
  const candidates = link.candidates.map(({ name, ...rest }): TextLinkCandidate => {
    const { title, url } = shownAs({ kbId: rest.kbId, name });
    return { ...rest, title, url };
  });
  const chosen = kbId === NIL ? undefined : candidates.find((candidate) => candidate.kbId === kbId);
  const { title = "", url = "" } = chosen ?? {};
  const mention = doc.text.slice(start, end);
  return { mention, label, start, end, kbId, title, url, score, reason, ...(oneOf && { oneOf }), candidates };
}
