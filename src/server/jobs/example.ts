import type { Linker } from "../../linker/linker.js";

/** Names that are looked at to find one for the example. */
const LOOKED_AT = 2000;
/** Words of the description that the example takes. */
const WORDS = 12;

/** A text with one mention that the knowledge base links: what the documentation page tries out. */
export interface Example {
  readonly text: string;
  readonly mention: string;
  readonly start: number;
}

/** The example of a knowledge base: its most ambiguous name with the words that describe what it most often means. */
export function exampleOf({ kb }: Linker, _input: null): Example {
  const aliases = Math.min(LOOKED_AT, kb.getSizeAliases());
  let best = -1;
  let most = 0;
  for (let alias = 0; alias < aliases; alias++) {
    const candidates = kb.candidateEnd(alias) - kb.candidateStart(alias);
    if (candidates > most && candidates <= 20 && kb.aliasStrings.at(alias).length > 3)
      [best, most] = [alias, candidates];
  }
  if (best < 0) return { text: "There is no name here.", mention: "", start: 0 };
  const mention = kb.aliasStrings.at(best);
  const [first] = kb.getAliasCandidates(mention);
  const { description = "" } = first?.entityTexts ?? {};
  const words = description.split(/\s+/u).slice(0, WORDS).join(" ");
  return { text: `${mention}: ${words}`, mention, start: 0 };
}
