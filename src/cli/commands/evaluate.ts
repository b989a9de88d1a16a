import type { CommandModule } from "yargs";
import { restoreDash } from "../dash.js";
import { interruptSignal } from "../progress.js";

interface Arguments {
  readonly model: string;
  readonly data: string;
  readonly json: boolean;
  readonly output: string | undefined;
  readonly backend: string;
}

export const evaluateCommand: CommandModule<object, Arguments> = {
  command: "evaluate <model> <data>",
  describe: "Compare a model's links with an annotated corpus",
  builder: (yargs) =>
    yargs
      .positional("model", { type: "string", demandOption: true, describe: "Model folder" })
      .positional("data", { type: "string", demandOption: true, describe: "Documents, JSONL" })
      .option("json", { type: "boolean", default: false, describe: "Print one JSON object" })
      .option("output", { type: "string", describe: "Write the JSON object to this file too" })
      .option("backend", {
        type: "string",
        default: "auto",
        describe: "tfjs-node-gpu, tfjs-node, wasm or cpu",
      })
      .strict(),
  handler: async ({ model, data, json, output, backend }) => {
    const [{ openLinker }, { loadDocs, checkAnnotation }, { evaluate }] = await Promise.all([
      import("../open-linker.js"),
      import("../../training/corpus.js"),
      import("../../scoring/evaluation.js"),
    ]);
    const docs = await loadDocs(restoreDash(data));
    const linker = await openLinker(model, backend);
    checkAnnotation(docs, linker.kb, data);
    const scores = await evaluate(linker, docs, interruptSignal());
    if (output) {
      const { writeFileWhole } = await import("../write-file.js");
      await writeFileWhole(output, `${JSON.stringify(scores, null, 2)}\n`);
    }
    process.stdout.write(json ? `${JSON.stringify(scores, null, 2)}\n` : table(scores));
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
    return [
      [
        key,
        key === "n_mentions" || key === "mentions_per_second" ? Math.round(value).toString() : percent(value),
      ],
    ];
  });
  const width = Math.max(...lines.map(([name]) => name.length));
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value.padStart(8)}\n`).join("");
}

const percent = (share: number): string => (100 * share).toFixed(2);
