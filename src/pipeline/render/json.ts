import type { TextLink, TextLinkCandidate, TextLinks } from "../text-link.js";

/** A text with its links, keys as in files. */
export function linkedTextToJson(links: TextLinks): object {
  return { text: links.text, links: links.map(linkToJson) };
}

function linkToJson({ kbId, oneOf, candidates, mention, label, start, end, ...rest }: TextLink): object {
  return {
    mention,
    label,
    start,
    end,
    kb_id: kbId,
    ...rest,
    ...(oneOf && { one_of: oneOf }),
    candidates: candidates.map(candidateToJson),
  };
}

function candidateToJson({ kbId, title, url, score, ...parts }: TextLinkCandidate): object {
  return { kb_id: kbId, title, url, score, ...parts };
}
