import type { MatchKind } from "../kb/candidate.js";
import { MATCH_KINDS } from "../kb/candidate.js";
import { type CandidateFinder, finderWith } from "../linker/candidates.js";
import { type Config, candidateOptions } from "../linker/config.js";
import type { Mention } from "../model/mention.js";
import { type Doc, NIL } from "../text/doc.js";
import { type CorporaOptions, findingFor, loadDocs } from "./corpus.js";
import type { Corpora } from "./prepare.js";

/** Most missed names that a report lists. */
const LISTED = 50;

/** What a corpus and a knowledge base can give together; shares in [0, 1]. */
export interface CorpusReport {
  readonly documents: number;
  readonly mentions: number;
  readonly annotated: number;
  /** Annotated as not in the knowledge base. */
  readonly nil: number;
  /** Annotated ids that the knowledge base lacks; they count as NIL. */
  readonly unknown_ids: number;
  /** Annotated mentions with two or more candidates. */
  readonly ambiguous: number;
  readonly candidates_per_mention: number;
  readonly candidate_recall: number;
  readonly oracle_accuracy: number;
  readonly prior_accuracy: number;
  /** Share of in-KB golds that each look-up found. */
  readonly recall_by_path: Readonly<Record<MatchKind, number>>;
  readonly labels: Readonly<Record<string, number>>;
  /** Mentions that begin or end with white space, or in the middle of a word. */
  readonly odd_offsets: number;
  /** Golds that may have been found and cut off: their mentions have as many candidates as are kept. */
  readonly cut_off: number;
  /** Golds that no look-up found, most frequent first: "surface -> id", count. */
  readonly missed: readonly { readonly surface: string; readonly kb_id: string; readonly count: number }[];
}

export interface DataReport {
  readonly kb: {
    readonly entities: number;
    readonly aliases: number;
    readonly entities_without_description: number;
  };
  readonly train: CorpusReport;
  readonly dev: CorpusReport;
}

/** Looks a config's data over, without training. */
export async function reportData(config: Config, options: CorporaOptions = {}): Promise<DataReport> {
  const train = await loadDocs(config.paths.train, "paths.train");
  const dev = await loadDocs(config.paths.dev, "paths.dev");
  const found = await findingFor(config, [...train, ...dev], options);
  const { kb, find = finderWith(candidateOptions(config)) } = found;
  let withoutDescription = 0;
  for (let row = 0; row < kb.getSizeEntities(); row++) if (kb.description(row) === "") withoutDescription++;
  return {
    kb: {
      entities: kb.getSizeEntities(),
      aliases: kb.getSizeAliases(),
      entities_without_description: withoutDescription,
    },
    train: reportCorpus(train, { kb, find }, config),
    dev: reportCorpus(dev, { kb, find }, config),
  };
}

function reportCorpus(
  docs: readonly Doc[],
  { kb, find }: Required<Pick<Corpora, "kb" | "find">>,
  config: Config,
): CorpusReport {
  const mentions = docs.flatMap((doc) => (find as CandidateFinder)(doc, kb));
  const annotated = mentions.filter(({ span }) => span.kbId !== "");
  const goldRow = ({ span }: Mention): number => (span.kbId === NIL ? -1 : kb.entityIds.get(span.kbId));
  const inKb = annotated.filter((mention) => goldRow(mention) >= 0);
  const goldPlace = (mention: Mention): number => mention.candidates.entities.indexOf(goldRow(mention));
  const found = inKb.filter((mention) => goldPlace(mention) >= 0);
  const firstIsRight = annotated.filter(
    (mention) => (mention.candidates.entities[0] ?? -1) === goldRow(mention),
  );
  const nil = annotated.filter(({ span }) => span.kbId === NIL).length;
  const byPath = MATCH_KINDS.map((kind, code) => {
    const own = found.filter((mention) => mention.candidates.matches[goldPlace(mention)] === code);
    return [kind, own.length / Math.max(1, inKb.length)] as const;
  });
  const lost = inKb.filter((mention) => goldPlace(mention) < 0);
  const isCut = ({ candidates }: Mention): boolean =>
    candidates.entities.length >= config.candidates.max_candidates;
  const all = Math.max(1, annotated.length);
  return {
    documents: docs.length,
    mentions: mentions.length,
    annotated: annotated.length,
    nil,
    unknown_ids: annotated.length - inKb.length - nil,
    ambiguous: annotated.filter(({ candidates }) => candidates.entities.length >= 2).length,
    candidates_per_mention:
      annotated.reduce((sum, { candidates }) => sum + candidates.entities.length, 0) / all,
    candidate_recall: found.length / Math.max(1, inKb.length),
    oracle_accuracy: (annotated.length - inKb.length + found.length) / all,
    prior_accuracy: firstIsRight.length / all,
    recall_by_path: Object.fromEntries(byPath) as Record<MatchKind, number>,
    labels: Object.fromEntries(count(annotated.map(({ span }) => span.label))),
    odd_offsets: docs.reduce((sum, doc) => sum + doc.ents.filter((span) => isOdd(doc.text, span)).length, 0),
    cut_off: lost.filter(isCut).length,
    missed: missedGolds(lost.filter((mention) => !isCut(mention))),
  };
}

function missedGolds(mentions: readonly Mention[]): CorpusReport["missed"] {
  const counts = count(mentions.map(({ surface, span }) => JSON.stringify([surface, span.kbId])));
  return counts.slice(0, LISTED).map(([key, times]) => {
    const [surface, kbId] = JSON.parse(key) as [string, string];
    return { surface, kb_id: kbId, count: times };
  });
}

/** Different values with their counts, most frequent first. */
function count(values: readonly string[]): [string, number][] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
}

function isOdd(text: string, { start, end }: { readonly start: number; readonly end: number }): boolean {
  const surface = text.slice(start, end);
  const cutsWord = (at: number): boolean => /^[\p{L}\p{N}]{2}$/u.test(text.slice(at - 1, at + 1));
  return surface.trim() !== surface || cutsWord(start) || cutsWord(end);
}

/** The report for people. */
export function dataReportText({ kb, train, dev }: DataReport): string {
  const lines = [
    `knowledge base: ${kb.entities} entities, ${kb.aliases} aliases, ${kb.entities_without_description} entities without description`,
    ...corpusText("train", train),
    ...corpusText("dev", dev),
  ];
  return `${lines.join("\n")}\n`;
}

function corpusText(name: string, report: CorpusReport): string[] {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  const paths = Object.entries(report.recall_by_path).filter(([, share]) => share > 0);
  const labels = Object.entries(report.labels).slice(0, 20);
  const missed = report.missed.map(
    ({ surface, kb_id, count: times }) => `    ${times} x ${JSON.stringify(surface)} -> ${kb_id}`,
  );
  return [
    `${name}: ${report.documents} documents, ${report.mentions} mentions, ${report.annotated} annotated`,
    `  NIL ${report.nil}, ids that the knowledge base lacks ${report.unknown_ids}, with two or more candidates ${report.ambiguous}`,
    `  candidates a mention ${report.candidates_per_mention.toFixed(1)}, recall ${percent(report.candidate_recall)} (${paths.map(([path, share]) => `${path} ${percent(share)}`).join(", ")})`,
    `  prior alone ${percent(report.prior_accuracy)}, best possible ${percent(report.oracle_accuracy)}`,
    `  labels: ${labels.map(([label, n]) => `${label} ${n}`).join(", ")}`,
    `  odd offsets: ${report.odd_offsets}, golds that may have been cut off: ${report.cut_off}`,
    ...(missed.length > 0 ? ["  golds that no look-up finds, most frequent first:", ...missed] : []),
  ];
}
