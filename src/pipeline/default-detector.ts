import { linkwrightError } from "../errors.js";
import { CompromiseDetector } from "../mentions/compromise-detector.js";
import type { MentionDetector } from "../mentions/mention-detector.js";
import { shownJson } from "../text/shown-json.js";

/**
 * What finds mentions where there is neither a detector nor a knowledge base of names: the package compromise, once there
 * is a text to look through. Its `detect` throws L823 where the package is not installed.
 */
export function defaultDetector(load?: (name: string) => unknown): MentionDetector {
  let compromise: CompromiseDetector | undefined;
  return {
    detect: (doc) => {
      compromise ??= compromiseFor(doc.text, load);
      return compromise.detect(doc);
    },
  };
}

function compromiseFor(text: string, load?: (name: string) => unknown): CompromiseDetector {
  try {
    return new CompromiseDetector(undefined, load);
  } catch (cause) {
    throw linkwrightError("L823", { text: shownJson(text) }, cause);
  }
}
