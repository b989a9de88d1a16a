import { linkwrightError } from "../errors.js";
import type { LinkerOptions } from "../linker/options.js";
import { isLinked, type Link } from "../linker/predict.js";
import type { Doc, Span } from "../text/doc.js";

export type DocLinks = readonly (readonly Link[])[];

/** Whether links are given as spaCy's predict gives them: one id a mention, all documents in one list. */
export function isIds(links: DocLinks | readonly string[]): links is readonly string[] {
  return typeof (links[0] ?? "") === "string";
}

/** Makes sure that each mention has its link. @throws E148 */
export function checkCounts(docs: readonly Doc[], links: DocLinks): void {
  refuseUnequal("lists of links", links.length, docs.length);
  docs.forEach(({ ents }, d) => {
    refuseUnequal(`links of document ${d}`, links[d]?.length ?? 0, ents.length);
  });
}

/** Writes ids into the documents' mentions, in their order. @throws E148 */
export function annotateIds(
  docs: readonly Doc[],
  ids: readonly string[],
  { overwrite }: Pick<LinkerOptions, "overwrite">,
): void {
  const mentions = docs.reduce((sum, { ents }) => sum + ents.length, 0);
  refuseUnequal("ids", ids.length, mentions);
  let at = 0;
  for (const doc of docs) {
    doc.ents = doc.ents.map((span) => {
      const kbId = ids[at++] as string;
      return !overwrite && isLinked(span) ? { ...span, reason: "kept" } : withId(span, kbId);
    });
  }
}

/** What was said of another link does not stay. */
function withId({ score: _s, reason: _r, oneOf: _o, candidates: _c, ...span }: Span, kbId: string): Span {
  return { ...span, kbId };
}

function refuseUnequal(what: string, found: number, expected: number): void {
  if (found !== expected) throw linkwrightError("E148", { what, found, expected });
}
