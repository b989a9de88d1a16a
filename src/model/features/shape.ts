import { type DocumentView, tokenAt } from "../document-view.js";
import type { FeatureGroup } from "./group.js";

/** How the mention is written, the same for all candidates: evidence that it is another name altogether. */
export const SHAPE: FeatureGroup = {
  source: "strings",
  perMention: true,
  features: [
    { name: "upper_case", formula: "m is all capitals" },
    { name: "lower_case", formula: "m has no capital" },
    { name: "mention_length", formula: "characters of m, at most 30, / 10" },
    { name: "after_capital", formula: "a capitalised word stands right before m, as in 'Michael Jordan'" },
    { name: "before_capital", formula: "a capitalised word stands right after m, as in 'Jordan Smith'" },
    { name: "begins_sentence", formula: "m is the first word of its sentence" },
  ],
  fill: ({ mention, document }, { values, width, offset }) => {
    const { surface, span } = mention;
    const lower = surface.toLowerCase();
    const first = tokenAt(document.starts, span.start);
    const past = tokenAt(document.starts, span.end);
    const isUpper = surface === surface.toUpperCase() && surface !== lower;
    const follows = isCapitalised(document, first - 1) && gap(document, first - 1, span.start) === " ";
    const between = document.doc.text.slice(span.end, document.starts[past]);
    const precedes = isCapitalised(document, past) && isNameGap(between);
    const begins = document.sentences[first - 1] !== document.sentences[first];
    for (let c = 0; c < mention.candidates.entities.length; c++) {
      const at = c * width + offset;
      values[at] = isUpper ? 1 : 0;
      values[at + 1] = surface === lower ? 1 : 0;
      values[at + 2] = Math.min(surface.length, 30) / 10;
      values[at + 3] = follows ? 1 : 0;
      values[at + 4] = precedes ? 1 : 0;
      values[at + 5] = begins ? 1 : 0;
    }
  },
};

function isCapitalised({ doc, starts }: DocumentView, token: number): boolean {
  const letter = doc.text[starts[token] ?? -1];
  return letter !== undefined && letter !== letter.toLowerCase();
}

/** The text between a token and an offset after it. */
function gap({ doc, ends }: DocumentView, token: number, offset: number): string {
  return doc.text.slice(ends[token], offset);
}

function isNameGap(between: string): boolean {
  return between === " " || between === "-";
}
