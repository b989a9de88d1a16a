import type { ApplyArguments } from "../apply/apply.js";
import type { Command } from "../command.js";
import { restoreDash } from "../dash.js";
import { LINK_OPTIONS } from "../link-options.js";
import { numberOption } from "../number-option.js";

const MOST_WORKERS = 256;

export const applyCommand: Command<ApplyArguments> = {
  builder: (yargs) =>
    yargs
      .positional("model", { type: "string", demandOption: true, describe: "Model folder" })
      .positional("in", {
        type: "string",
        demandOption: true,
        describe: "JSONL of documents or texts, a .txt file, a folder of both, or '-' for stdin",
      })
      .positional("out", {
        type: "string",
        demandOption: true,
        describe: "JSONL to write, or '-' for stdout",
      })
      .option("candidates", {
        type: "boolean",
        default: false,
        describe: "Write every candidate with the parts of its score",
      })
      .option("detect", {
        type: "boolean",
        default: false,
        describe: "Find mentions also where a document says that it has none",
      })
      .option(
        "workers",
        numberOption({
          name: "workers",
          describe: "Threads that link, over one copy of the knowledge base [default: 1]",
          holds: (count) => Number.isInteger(count) && count >= 1 && count <= MOST_WORKERS,
          expected: `a whole number from 1 to ${MOST_WORKERS}`,
        }),
      )
      .option("resume", {
        type: "boolean",
        default: false,
        describe: "Go on where an earlier run was stopped",
      })
      .options(LINK_OPTIONS)
      .strict(),
  handler: async (argv) => {
    const { apply } = await import("../apply/apply.js");
    await apply({ ...argv, in: restoreDash(argv.in), out: restoreDash(argv.out) });
  },
};
