import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Doc, Span } from "../text/doc.js";
import { CompromiseDetector } from "./compromise-detector.js";
import { GazetteerDetector } from "./gazetteer-detector.js";
import type { MentionDetector } from "./mention-detector.js";
import type { MentionFilter } from "./mention-filter.js";
import type { MentionOptions } from "./options.js";

/** A detector that has all that it needs at hand. */
export interface ReadyDetector extends MentionDetector {
  detect(doc: Doc): Span[];
}

/**
 * The detector that options name.
 * @param filter what the gazetteer's finds are worth, where it was learned
 * @throws L841 the package that it needs is not installed
 */
export function makeDetector(
  options: MentionOptions,
  kb: InMemoryLookupKB,
  filter?: MentionFilter | undefined,
): ReadyDetector {
  const { linkableLabels } = options;
  switch (options.detector) {
    case "gazetteer":
      return new GazetteerDetector(kb, options, filter);
    case "compromise":
      return new CompromiseDetector(linkableLabels ?? undefined);
    case "spans":
      return {
        detect: ({ ents }) =>
          linkableLabels ? ents.filter(({ label }) => linkableLabels.includes(label)) : [...ents],
      };
  }
}
