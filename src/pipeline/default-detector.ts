import { linkwrightError } from "../errors.js";
import type { MentionDetector } from "../mentions/mention-detector.js";
import { shownJson } from "../text/shown-json.js";

/** What finds mentions where there is neither a detector nor a knowledge base of names. Its `detect` throws L823. */
export function defaultDetector(): MentionDetector {
  return {
    detect: ({ text }) => {
      throw linkwrightError("L823", { text: shownJson(text) });
    },
  };
}
