import { MATCH_KINDS } from "../../kb/candidate.js";
import type { FeatureGroup } from "./group.js";

const clip = (p: number, low: number): number => Math.min(Math.max(p, low), 1 - low);

/** What the knowledge base alone says of the name. */
export const PRIOR: FeatureGroup = {
  source: "prior",
  features: [
    { name: "prior", formula: "P(c | alias)" },
    { name: "prior_logit", formula: "logit of the prior / 3" },
    { name: "prior_to_best", formula: "log(prior / best prior) / 3" },
    { name: "is_first", formula: "1 when c has the best prior" },
    { name: "inverse_rank", formula: "1 / rank by prior" },
    { name: "candidates", formula: "log(number of candidates) / 2" },
    { name: "is_only", formula: "1 when there is one candidate" },
    { name: "prior_mass", formula: "sum of the candidates' priors" },
  ],
  fill: ({ mention }, { values, width, offset }) => {
    const { priors } = mention.candidates;
    const n = priors.length;
    const best = Math.max(priors[0] ?? 0, 1e-4);
    let mass = 0;
    for (let c = 0; c < n; c++) mass += priors[c] as number;
    for (let c = 0; c < n; c++) {
      const at = c * width + offset;
      const p = priors[c] as number;
      const q = clip(p, 1e-3);
      values[at] = p;
      values[at + 1] = Math.log(q / (1 - q)) / 3;
      values[at + 2] = Math.log(Math.max(p, 1e-4) / best) / 3;
      values[at + 3] = c === 0 ? 1 : 0;
      values[at + 4] = 1 / (1 + c);
      values[at + 5] = Math.log(n) / 2;
      values[at + 6] = n === 1 ? 1 : 0;
      values[at + 7] = mass;
    }
  },
};

/** How often the entity is meant at all. */
export const FREQUENCY: FeatureGroup = {
  source: "prior",
  features: [
    { name: "frequency", formula: "log(1 + freq) / 8" },
    {
      name: "frequency_to_best",
      formula: "log of (1 + freq) / (1 + highest freq among the candidates), / 3",
    },
  ],
  fill: ({ mention }, { values, width, offset }) => {
    const { frequencies } = mention.candidates;
    let highest = 0;
    for (const frequency of frequencies) highest = Math.max(highest, Math.log1p(frequency));
    for (let c = 0; c < frequencies.length; c++) {
      const frequency = Math.log1p(frequencies[c] as number);
      values[c * width + offset] = frequency / 8;
      values[c * width + offset + 1] = (frequency - highest) / 3;
    }
  },
};

/** How the candidate was found: a near miss of a name is weaker evidence than the name. */
export const MATCH: FeatureGroup = {
  source: "strings",
  features: [
    ...MATCH_KINDS.map((kind) => ({
      name: `match_${kind}`,
      formula: `1 when c was found by ${kind} look-up`,
    })),
    { name: "match_similarity", formula: "similarity of m and the alias that gave c" },
  ],
  fill: ({ mention }, { values, width, offset }) => {
    const { matches, similarities } = mention.candidates;
    for (let c = 0; c < matches.length; c++) {
      const at = c * width + offset;
      values[at + (matches[c] as number)] = 1;
      values[at + MATCH_KINDS.length] = similarities[c] as number;
    }
  },
};
