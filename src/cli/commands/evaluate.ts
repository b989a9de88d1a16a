import type { EndToEndScores } from "../../scoring/end-to-end.js";
import type { Evaluation } from "../../scoring/evaluation.js";
import type { Command } from "../command.js";
import { restoreDash } from "../dash.js";
import { LINK_OPTIONS, type LinkArguments } from "../link-options.js";
import { interruptSignal } from "../progress.js";

interface Arguments extends LinkArguments {
  readonly data: string;
  readonly json: boolean;
  readonly output: string | undefined;
  readonly "end-to-end": boolean;
}

export const evaluateCommand: Command<Arguments> = {
  builder: (yargs) =>
    yargs
      .positional("model", { type: "string", demandOption: true, describe: "Model folder" })
      .positional("data", { type: "string", demandOption: true, describe: "Documents, JSONL" })
      .option("json", { type: "boolean", default: false, describe: "Print one JSON object" })
      .option("output", { type: "string", describe: "Write the JSON object to this file too" })
      .option("end-to-end", {
        type: "boolean",
        default: false,
        describe: "Find the mentions too, and score them with their links as GERBIL does",
      })
      .options(LINK_OPTIONS)
      .strict(),
  handler: async (argv) => {
    const { data, json, output, "end-to-end": endToEnd } = argv;
    const [{ openLinker }, { loadDocs, checkAnnotation }, { evaluate }, { evaluateEndToEnd }] =
      await Promise.all([
        import("../open-linker.js"),
        import("../../training/corpus.js"),
        import("../../scoring/evaluation.js"),
        import("../../scoring/end-to-end.js"),
      ]);
    const docs = await loadDocs(restoreDash(data));
    const { linker, scorer } = await openLinker(argv);
    await checkAnnotation(docs, linker.kb, data);
    const signal = interruptSignal();
    // First, as it is refused for a model that finds no mentions.
    const found = endToEnd ? await evaluateEndToEnd(linker, docs, { signal }) : undefined;
    const scores = await evaluate(linker, docs, { scorer, signal });
    const all = { ...scores, ...found };
    if (output) {
      const { writeFileWhole } = await import("../write-file.js");
      await writeFileWhole(output, `${JSON.stringify(all, null, 2)}\n`);
    }
    process.stdout.write(
      json
        ? `${JSON.stringify(all, null, 2)}\n`
        : table(scores) +
            reliabilityText(scores.reliability) +
            nilText(scores.nil_curve) +
            (found ? endToEndText(found) : ""),
    );
  },
};

/** The scores as lines of name and value; shares in percent. */
function table(scores: object): string {
  const lines = Object.entries(scores).flatMap(([key, value]): [string, string][] => {
    if (key === "nel_f_per_type") {
      return Object.entries(value as Record<string, { f: number }>).map(([type, { f }]) => [
        `nel_f ${type}`,
        percent(f),
      ]);
    }
    if (key === "reliability" || key === "nil_curve") return []; // tables of their own
    return [[key, value === null ? "none" : formatScore(key, value as number)]];
  });
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value.padStart(8)}\n`).join("");
}

/** Counts as they are, shares in percent. */
function formatScore(key: string, value: number): string {
  if (key === "n_mentions" || key === "mentions_per_second") return Math.round(value).toString();
  if (key === "threshold" || key === "set_size") return value.toFixed(2);
  return percent(value);
}

/** How right the best candidates are, by how probable. */
function reliabilityText(bins: Evaluation["reliability"]): string {
  const rows = bins.map(({ from, to, n, confidence, right }) =>
    [
      `${from.toFixed(1)} to ${to.toFixed(1)}`,
      String(n).padStart(7),
      percent(confidence).padStart(9),
      percent(right).padStart(9),
    ].join("  "),
  );
  return ["", "probability      n  said, mean  right", ...rows, ""].join("\n");
}

function nilText(curve: Evaluation["nil_curve"]): string {
  const rows = curve
    .filter((_, i) => i % 2 === 0)
    .map(({ threshold, p, r, f }) =>
      [threshold.toFixed(1).padStart(9), ...[p, r, f].map((share) => percent(share).padStart(7))].join(" "),
    );
  return [
    "",
    "if the best candidate's probability alone said NIL:",
    "    below   nil_p   nil_r   nil_f",
    ...rows,
    "",
  ].join("\n");
}

/** Precision, recall and F of mentions that were found and linked, a line a score. */
function endToEndText(scores: EndToEndScores): string {
  const names = Object.keys(scores).flatMap((key) => (key.endsWith("_f") ? [key.slice(0, -2)] : []));
  const shown = (share: number | null | undefined): string =>
    (share == null ? "none" : percent(share)).padStart(8);
  const rows = names.map((name) => {
    const measures = (["p", "r", "f"] as const).map((m) =>
      shown((scores as Record<string, number | null>)[`${name}_${m}`]),
    );
    return `${name.padEnd(32)}${measures.join("")}`;
  });
  return ["", `${"found in the text and linked:".padEnd(32)}       p       r       f`, ...rows, ""].join(
    "\n",
  );
}

const percent = (share: number): string => (100 * share).toFixed(2);
