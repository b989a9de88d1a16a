import type { CandidateJson } from "../../client/remote-kb.js";
import type { Linker } from "../../linker/linker.js";

/** The candidates of some mentions by their texts alone, as the knowledge base looks them up. */
export function candidatesOf(
  { kb }: Linker,
  { mentions }: { readonly mentions: readonly string[] },
): CandidateJson[][] {
  return mentions.map((mention) =>
    kb
      .getCandidates(mention)
      .map(({ entity_, alias_, priorProb, entityFreq, match, similarity, entityTexts }) => ({
        id: entity_,
        alias: alias_,
        prior: priorProb,
        freq: entityFreq,
        match,
        similarity,
        ...entityTexts,
      })),
  );
}
