import { CODE_OPTION, runCode } from "../code-option.js";
import type { Command } from "../command.js";

const OWN_OPTIONS = ["config", "json", "code", "help", "h", "version", "v"];

interface Arguments {
  readonly config: string;
  readonly code: string | undefined;
  readonly json: boolean;
}

export const debugDataCommand: Command<Arguments> = {
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
    const [{ readConfig }, { reportData, dataReportText }, { overridesOf }] = await Promise.all([
      import("../../linker/config.js"),
      import("../../training/data-report.js"),
      import("../overrides.js"),
    ]);
    await runCode(argv);
    const config = readConfig(argv.config, overridesOf({ ...argv }, OWN_OPTIONS));
    const report = await reportData(config);
    process.stdout.write(argv.json ? `${JSON.stringify(report, null, 2)}\n` : dataReportText(report));
  },
};
