import type { LearningCurve } from "../../training/learning-curve.js";
import { CODE_OPTION, runCode } from "../code-option.js";
import type { Command } from "../command.js";
import { seedsOption, UsageError } from "../number-option.js";
import { interruptSignal, makeProgress, say } from "../progress.js";
import { spreadText } from "../text.js";

interface Arguments {
  readonly config: string;
  readonly code: string | undefined;
  readonly output: string;
  readonly sizes: readonly number[] | undefined;
  readonly seeds: number | undefined;
  readonly init: readonly string[] | undefined;
}

const OWN_OPTIONS = ["config", "output", "o", "sizes", "code", "seeds", "init", "help", "h", "version", "v"];

export const learningCurveCommand: Command<Arguments> = {
  builder: (yargs) =>
    yargs
      .positional("config", {
        type: "string",
        demandOption: true,
        describe: "TOML file, see configs/default.toml",
      })
      .option("code", CODE_OPTION)
      .option("output", {
        alias: "o",
        type: "string",
        default: "learning-curve",
        requiresArg: true,
        describe: "Writes this name with .json and .svg",
      })
      .option("sizes", {
        type: "number",
        array: true,
        requiresArg: true,
        describe: "Numbers of mentions; all there are is added [default: 0 30 100 300 1000 3000 10000]",
        coerce: (sizes: readonly number[] | undefined) => {
          if (sizes?.some((size) => !Number.isInteger(size) || size < 0))
            throw new UsageError("--sizes must be whole numbers from 0 up, with spaces between them.");
          return sizes;
        },
      })
      .option("seeds", { ...seedsOption("Trainings a size"), default: 3 })
      .option("init", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "What to start from, a curve each: random, base, a model folder [default: training.init]",
      })
      .epilogue("Any key of the config can be given as an option: --training.max_epochs 5")
      .strict(false),
  handler: async (argv) => {
    const [
      { readConfig },
      { readCorpora },
      { learningCurve },
      { loadTrainingBackend },
      { overridesOf },
      { refuseUnwritable, writeFileWhole },
      { curveSvg },
    ] = await Promise.all([
      import("../../linker/config.js"),
      import("../../training/corpus.js"),
      import("../../training/learning-curve.js"),
      import("../../tensor/backend.js"),
      import("../overrides.js"),
      import("../write-file.js"),
      import("../curve-svg.js"),
    ]);
    await runCode(argv);
    const config = readConfig(argv.config, overridesOf({ ...argv }, OWN_OPTIONS));
    await refuseUnwritable(`${argv.output}.json`);
    const corpora = await readCorpora(config);
    const progress = makeProgress("learning-curve");
    const curve = await learningCurve(config, corpora, await loadTrainingBackend(config.training.backend), {
      ...(argv.sizes && { sizes: argv.sizes }),
      ...(argv.init && { inits: argv.init }),
      ...(argv.seeds !== undefined && { seeds: argv.seeds }),
      signal: interruptSignal(),
      onRun: (done, of) => progress.update(done, of),
    });
    progress.clear();
    await writeFileWhole(`${argv.output}.json`, `${JSON.stringify(curve, null, 2)}\n`);
    await writeFileWhole(`${argv.output}.svg`, curveSvg(curve));
    process.stdout.write(curveText(curve));
    say(`${argv.output}.json and ${argv.output}.svg written`);
  },
};

/** The curve for people: a line a size, a column a start. */
function curveText({ curves, prior_accuracy, oracle_accuracy }: LearningCurve): string {
  const sizes = curves[0]?.points.map(({ size }) => size) ?? [];
  const rows = sizes.map((size, i) => {
    const cells = curves.map(({ points }) => spreadText((points[i] as (typeof points)[number]).accuracy));
    return [String(size).padStart(8), ...cells.map((cell) => cell.padStart(12))].join("  ");
  });
  const head = ["mentions", ...curves.map(({ init }) => init.slice(-12).padStart(12))].join("  ");
  const bounds = `prior ${(100 * prior_accuracy).toFixed(1)}, best possible ${(100 * oracle_accuracy).toFixed(1)}`;
  return `${[head, ...rows, bounds].join("\n")}\n`;
}
