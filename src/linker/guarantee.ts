import { linkwrightError } from "../errors.js";

/** Best probabilities kept of a mention: the largest set that can be offered. */
export const LARGEST_SET = 5;
/** Place of a gold that is not among the kept ones. */
export const NOT_KEPT = 255;
/** Wrong links expected, at the share allowed, among the most probable ones where a sequence of tests begins. */
const STARTS = [4, 12, 36];
/** Thresholds tried, at most. */
const GRID = 400;
/** No probability reaches it. */
export const NEVER = 2;
/** Every score reaches it: where there is no threshold. */
export const ALWAYS = Number.NEGATIVE_INFINITY;

/** What a model said of dev's annotated mentions that have candidates, n mentions: guarantees are computed from it. */
export interface Evidence {
  /** [n] */
  readonly documents: Int32Array;
  /** 1 where the model prefers NIL to every candidate. [n] */
  readonly nilWins: Uint8Array;
  /** Calibrated probabilities of the best candidates, best first, 0 where there are no more. [n x LARGEST_SET] */
  readonly top: Float32Array;
  /** Place of the gold among these, or {@link NOT_KEPT}. [n] */
  readonly gold: Uint8Array;
}

/** How sure links must be. */
export interface Demand {
  /** Least share of right ones among links, and among sets; above 0 and below 1. */
  readonly precision: number;
  /** Probability that dev's texts lead to a threshold that keeps the promise. */
  readonly confidence: number;
  /** Most candidates of a set that is offered in place of a link; 0 for no sets. */
  readonly setSize: number;
}

/** Thresholds, each of which keeps its promise; nothing reaches them where dev can't vouch for any. */
export interface Guarantee {
  /** For the best candidate's probability. */
  readonly link: number;
  /** For the summed probability of a set's candidates. */
  readonly set: number;
  /** Shares of dev's mentions with candidates that are linked, and that get a set. */
  readonly coverage: number;
  readonly setCoverage: number;
}

/** What becomes of a mention at a threshold. */
type Outcome = "none" | "right" | "wrong";

/**
 * The lowest thresholds at which links to mentions drawn as dev's were are right as often as asked. Tested from the
 * most probable link downwards, from several starts that share the risk of error (Learn then Test, Angelopoulos et al.
 * 2021), by Chernoff's bound. Mentions of one document are not independent: counts are divided by their design effect,
 * which takes errors among the probable links to cluster at least as those among all links do.
 */
export function guarantee(evidence: Evidence, demand: Demand): Guarantee {
  const { gold, nilWins } = evidence;
  const topOf = (i: number): Float32Array => evidence.top.subarray(i * LARGEST_SET, (i + 1) * LARGEST_SET);
  const linkScores = Float64Array.from(gold, (_, i) => (nilWins[i] ? 0 : (topOf(i)[0] as number)));
  const linkAt = (i: number, threshold: number): Outcome =>
    (linkScores[i] as number) < threshold ? "none" : gold[i] === 0 ? "right" : "wrong";
  const link = lowestThreshold({ ...evidence, scores: linkScores, outcome: linkAt }, demand);

  const isLinked = (i: number): boolean => (linkScores[i] as number) >= link;
  const setScores = Float64Array.from(gold, (_, i) =>
    isLinked(i) ? 0 : largestSum(topOf(i), demand.setSize),
  );
  const setAt = (i: number, threshold: number): Outcome => {
    const size = isLinked(i) ? 0 : sizeOfSet(topOf(i), { threshold, largest: demand.setSize });
    return size === 0 ? "none" : (gold[i] as number) < size ? "right" : "wrong";
  };
  const set = lowestThreshold({ ...evidence, scores: setScores, outcome: setAt }, demand);
  const share = (scores: Float64Array, threshold: number): number =>
    scores.filter((score) => score >= threshold).length / Math.max(1, scores.length);
  return { link, set, coverage: share(linkScores, link), setCoverage: share(setScores, set) };
}

/** The highest precision, in whole percent, at which dev vouches for any link; undefined below one half. */
export function highestPrecision(evidence: Evidence, demand: Demand): number | undefined {
  for (let percent = 99; percent >= 50; percent--) {
    const { link } = guarantee(evidence, { ...demand, precision: percent / 100, setSize: 0 });
    if (link !== NEVER) return percent / 100;
  }
  return undefined;
}

/**
 * How many of the best candidates, two or more, it takes to reach a summed probability; 0 when `largest` are not enough.
 * @param probabilities best first
 */
export function sizeOfSet(
  probabilities: ArrayLike<number>,
  { threshold, largest }: { readonly threshold: number; readonly largest: number },
): number {
  let sum = 0;
  for (let size = 1; size <= Math.min(largest, probabilities.length); size++) {
    const probability = probabilities[size - 1] as number;
    if (probability === 0) return 0;
    sum += probability;
    if (size >= 2 && sum >= threshold) return size;
  }
  return 0;
}

function largestSum(probabilities: Float32Array, largest: number): number {
  if (largest < 2 || probabilities[1] === 0) return 0;
  return probabilities.subarray(0, largest).reduce((sum, p) => sum + p, 0);
}

interface Proposals {
  readonly documents: Int32Array;
  /** A mention's outcome is "none" above its score. [n] */
  readonly scores: Float64Array;
  readonly outcome: (i: number, threshold: number) => Outcome;
}

function lowestThreshold(proposals: Proposals, { precision, confidence }: Demand): number {
  const allowed = 1 - precision;
  const risk = (1 - confidence) / STARTS.length;
  const scores = proposals.scores.filter((score) => score > 0).sort((a, b) => b - a);
  if (scores.length === 0) return NEVER;
  const correlation = correlationOf(countLinks(proposals, scores.at(-1) as number));
  const step = Math.max(1, Math.floor(scores.length / GRID));
  let lowest = NEVER;
  for (const start of STARTS) {
    for (let n = Math.ceil(start / allowed); n <= scores.length; n += step) {
      const threshold = scores[n - 1] as number;
      if (threshold === scores[n]) continue; // equal scores are linked together
      const links = countLinks(proposals, threshold);
      const expected = 1 + (links.together - 1) * correlation;
      if (links.offered / expected < start / allowed) continue; // the sequence has not begun
      // Errors among the probable links may cluster more than those among all.
      const effect = Math.max(expected, links.effect);
      if (chernoff(links.wrong / effect, links.offered / effect, allowed) > risk) break;
      lowest = Math.min(lowest, threshold);
    }
  }
  return lowest;
}

/** The links at a threshold. */
interface LinkCounts {
  readonly offered: number;
  readonly wrong: number;
  /** Links of the document that a link stands in, on average. */
  readonly together: number;
  /** Design effect: how many links of dev's documents tell as much as one that stands alone, at least 1 (Kish 1965). */
  readonly effect: number;
}

function countLinks({ documents, scores, outcome }: Proposals, threshold: number): LinkCounts {
  const byDocument = new Map<number, { offered: number; wrong: number }>();
  for (let i = 0; i < scores.length; i++) {
    const own = outcome(i, threshold);
    if (own === "none") continue;
    const document = documents[i] as number;
    const counts = byDocument.get(document) ?? { offered: 0, wrong: 0 };
    byDocument.set(document, counts);
    counts.offered++;
    if (own === "wrong") counts.wrong++;
  }
  const all = [...byDocument.values()];
  const sum = (of: (counts: (typeof all)[number]) => number): number =>
    all.reduce((total, counts) => total + of(counts), 0);
  const offered = sum((counts) => counts.offered);
  const wrong = sum((counts) => counts.wrong);
  const rate = wrong / offered;
  const variance = sum((counts) => (counts.wrong - rate * counts.offered) ** 2);
  const independent = offered * rate * (1 - rate);
  return {
    offered,
    wrong,
    together: sum((counts) => counts.offered ** 2) / offered,
    effect: independent > 0 ? Math.max(1, variance / independent) : 1,
  };
}

/** How much errors of one document come together, 0 to 1; without any error nobody knows, and 1 is the careful guess. */
function correlationOf({ wrong, together, effect }: LinkCounts): number {
  if (wrong === 0) return 1;
  return together > 1 ? Math.min(1, (effect - 1) / (together - 1)) : 0;
}

/** Bound on the probability of at most `wrong` of `offered` when each is wrong with probability `rate`. */
function chernoff(wrong: number, offered: number, rate: number): number {
  const seen = wrong / offered;
  if (seen >= rate) return 1;
  const divergence = (a: number, b: number): number => (a === 0 ? 0 : a * Math.log(a / b));
  return Math.exp(-offered * (divergence(seen, rate) + divergence(1 - seen, 1 - rate)));
}

/** @throws L510 a demand that no threshold could mean */
export function checkDemand({ precision, confidence, setSize }: Demand, where: string): void {
  const refuse = (key: string, found: number, expected: string): never => {
    throw linkwrightError("L510", { where, key, found: String(found), expected });
  };
  if (!(precision > 0 && precision < 1)) refuse("precision", precision, "a number above 0 and below 1");
  if (!(confidence > 0 && confidence < 1)) refuse("confidence", confidence, "a number above 0 and below 1");
  const isSetSize = setSize === 0 || (Number.isInteger(setSize) && setSize >= 2 && setSize <= LARGEST_SET);
  if (!isSetSize) refuse("set_size", setSize, `0 for none, or 2 to ${LARGEST_SET}`);
}
