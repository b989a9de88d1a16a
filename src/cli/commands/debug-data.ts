import type { CommandModule } from "yargs";
import { CODE_OPTION, runCode } from "../code-option.js";
import { overridesOf } from "../overrides.js";

const OWN_OPTIONS = ["config", "json", "code", "help", "h", "version", "v"];

interface Arguments {
  readonly config: string;
  readonly code: string | undefined;
  readonly json: boolean;
}

export const debugDataCommand: CommandModule<object, Arguments> = {
  command: "debug-data <config>",
  describe: "Tell what a corpus and a knowledge base can give: coverage, candidate recall, ceilings",
  builder: (yargs) =>
    yargs
      .positional("config", {
        type: "string",
        demandOption: true,
        describe: "TOML file, see configs/default.toml",
      })
      .option("code", CODE_OPTION)
      .option("json", { type: "boolean", default: false, describe: "Print one JSON object" })
      .epilogue("Any key of the config can be given as an option: --paths.train F")
      .strict(false),
  handler: async (argv) => {
    const [{ readConfig }, { reportData, dataReportText }] = await Promise.all([
      import("../../linker/config.js"),
      import("../../training/data-report.js"),
    ]);
    await runCode(argv);
    const config = readConfig(argv.config, overridesOf({ ...argv }, OWN_OPTIONS));
    const report = await reportData(config);
    process.stdout.write(argv.json ? `${JSON.stringify(report, null, 2)}\n` : dataReportText(report));
  },
};
