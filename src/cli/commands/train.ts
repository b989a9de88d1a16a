import { basename } from "node:path";
import type { CommandModule } from "yargs";
import type { Bundle } from "../../linker/bundle.js";
import type { SeedReport } from "../../training/train.js";
import { overridesOf } from "../overrides.js";
import { interruptSignal, makeProgress, say } from "../progress.js";
import { promiseText, spreadText } from "../text.js";

interface Arguments {
  readonly config: string;
  readonly output: string;
  readonly resume: boolean;
  readonly seeds: number | undefined;
}

const OWN_OPTIONS = ["config", "output", "o", "resume", "seeds", "help", "h", "version", "v"];

export const trainCommand: CommandModule<object, Arguments> = {
  command: "train <config>",
  describe: "Train a model from a config",
  builder: (yargs) =>
    yargs
      .positional("config", {
        type: "string",
        demandOption: true,
        describe: "TOML file, see configs/default.toml",
      })
      .option("output", {
        alias: "o",
        type: "string",
        demandOption: true,
        requiresArg: true,
        describe: "Folder of the model",
      })
      .option("resume", {
        type: "boolean",
        default: false,
        describe: "Go on from the last epoch's checkpoint",
      })
      .option("seeds", {
        type: "number",
        requiresArg: true,
        describe:
          "Models to train, from different seeds; together where that is better on dev (training.seeds)",
      })
      .epilogue("Any key of the config can be given as an option: --training.max_epochs 5 --paths.train F")
      .strict(false),
  handler: async (argv) => {
    const [{ readConfig, linkerOptions }, { train }, { thresholdsOf }] = await Promise.all([
      import("../../linker/config.js"),
      import("../../training/train.js"),
      import("../../linker/thresholds.js"),
    ]);
    const overrides = overridesOf({ ...argv }, OWN_OPTIONS);
    const seeds = argv.seeds === undefined ? {} : { "training.seeds": argv.seeds };
    const config = readConfig(argv.config, { ...overrides, ...seeds });
    const progress = makeProgress(basename(argv.output));
    const speed = meter();
    const ofSeed = (seed: number): string => (config.training.seeds > 1 ? `seed ${seed}, ` : "");
    let dev = "";
    const bundle = await train(config, {
      output: argv.output,
      resume: argv.resume,
      signal: interruptSignal(),
      onStage: (stage) => say(stage),
      onStep: ({ seed, epoch, done, of, loss, mentions }) => {
        const total = of * config.training.max_epochs;
        const note = `${ofSeed(seed)}epoch ${epoch} loss ${loss.toFixed(3)} ${dev} ${speed(mentions)} mentions/s`;
        progress.update((epoch - 1) * of + done, total, note);
      },
      onEpoch: ({ seed, epoch, loss, accuracy, ambiguous }, isBest) => {
        dev = `dev ${percent(accuracy)} / ${percent(ambiguous)}`;
        progress.clear();
        say(`${ofSeed(seed)}epoch ${epoch}: loss ${loss.toFixed(4)}, ${dev}${isBest ? ", best so far" : ""}`);
      },
    });
    progress.clear();
    if (config.training.seeds > 1) say(seedsText(bundle));
    const { temperature, threshold } = bundle.calibration;
    say(`${argv.output}: temperature ${temperature.toFixed(2)}, threshold ${threshold.toFixed(2)}`);
    const linker = thresholdsOf(linkerOptions(config), bundle.calibration, bundle.evidence);
    if (config.decide.precision !== undefined) say(promiseText(linkerOptions(config), linker));
  },
};

/** Mean and spread of the seeds, and what became of them. */
function seedsText({ about }: Bundle): string {
  const reports = about.seeds as readonly SeedReport[];
  const kept = about.kept as readonly number[];
  const [accuracy, ambiguous] = (["accuracy", "ambiguous"] as const).map((key) =>
    spreadText(reports.map((report) => report[key])),
  );
  const together =
    kept.length > 1 ? "kept together" : `kept: seed ${kept[0]} alone, which is better than all together`;
  return `${reports.length} seeds: dev ${accuracy} / ${ambiguous}; ${together}`;
}

const percent = (share: number): string => (100 * share).toFixed(1);

/** Mentions a second since the first call. */
function meter(): (mentions: number) => number {
  let started = 0;
  let all = 0;
  return (mentions) => {
    if (started === 0) started = Date.now();
    all += mentions;
    return Math.round((1000 * all) / Math.max(1, Date.now() - started));
  };
}
