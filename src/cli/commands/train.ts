import { basename } from "node:path";
import type { Bundle } from "../../linker/bundle.js";
import type { Config } from "../../linker/config.js";
import { spreadOf } from "../../scoring/spread.js";
import type { SeedReport } from "../../training/train.js";
import { CODE_OPTION, runCode } from "../code-option.js";
import type { Command } from "../command.js";
import { seedsOption } from "../number-option.js";
import { interruptSignal, makeProgress, say } from "../progress.js";
import { ablationText, percentText, promiseText, spreadText } from "../text.js";

interface Arguments {
  readonly config: string;
  readonly code: string | undefined;
  readonly output: string | undefined;
  readonly ablate: boolean;
  readonly resume: boolean;
  readonly seeds: number | undefined;
}

const OWN_OPTIONS = [
  "config",
  "output",
  "o",
  "resume",
  "code",
  "seeds",
  "ablate",
  "help",
  "h",
  "version",
  "v",
];

export const trainCommand: Command<Arguments> = {
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
        requiresArg: true,
        describe: "Folder of the model",
      })
      .option("ablate", {
        type: "boolean",
        default: false,
        describe: "Write no model; print what each part of it brings on dev (3 seeds, or --seeds)",
      })
      .option("resume", {
        type: "boolean",
        default: false,
        describe: "Go on from the last epoch's checkpoint",
      })
      .check(({ ablate, output, resume }) => {
        if (ablate && (output !== undefined || resume))
          return "--ablate writes no model: leave --output and --resume out.";
        return (
          ablate || output !== undefined || "Missing required argument: output, the folder of the model."
        );
      })
      .option(
        "seeds",
        seedsOption("Models to train, from different seeds; together where that is better on dev"),
      )
      .epilogue("Any key of the config can be given as an option: --training.max_epochs 5 --paths.train F")
      .strict(false),
  handler: async (argv) => {
    const [{ readConfig }, { overridesOf }] = await Promise.all([
      import("../../linker/config.js"),
      import("../overrides.js"),
    ]);
    await runCode(argv);
    const overrides = overridesOf({ ...argv }, OWN_OPTIONS);
    if (argv.ablate) return printAblation(readConfig(argv.config, overrides), argv.seeds);
    const seeds = argv.seeds === undefined ? {} : { "training.seeds": argv.seeds };
    return trainModel(readConfig(argv.config, { ...overrides, ...seeds }), {
      output: argv.output as string,
      resume: argv.resume,
    });
  },
};

async function trainModel(
  config: Config,
  { output, resume }: { readonly output: string; readonly resume: boolean },
): Promise<void> {
  const [{ linkerOptions }, { train }, { thresholdsOf }] = await Promise.all([
    import("../../linker/config.js"),
    import("../../training/train.js"),
    import("../../linker/thresholds.js"),
  ]);
  const { seed: first, seeds, max_epochs: epochs } = config.training;
  const progress = makeProgress(basename(output));
  const speed = meter();
  const ofSeed = (seed: number): string => (seeds > 1 ? `seed ${seed}, ` : "");
  let dev = "";
  const bundle = await train(config, {
    output,
    resume,
    signal: interruptSignal(),
    onStage: (stage) => say(stage),
    onAsked: (done, of) => progress.update(done, of, "mentions asked"),
    onStep: ({ seed, epoch, done, of, loss, mentions }) => {
      const before = (seed - first) * epochs + epoch - 1;
      const note = `${ofSeed(seed)}epoch ${epoch} loss ${loss.toFixed(3)} ${dev} ${speed(mentions)} mentions/s`;
      progress.update(before * of + done, of * epochs * seeds, note);
    },
    onEpoch: ({ seed, epoch, loss, accuracy, ambiguous }, isBest) => {
      dev = `dev ${percentText(accuracy)} / ${percentText(ambiguous)}`;
      progress.clear();
      say(`${ofSeed(seed)}epoch ${epoch}: loss ${loss.toFixed(4)}, ${dev}${isBest ? ", best so far" : ""}`);
    },
  });
  progress.clear();
  if (seeds > 1) say(seedsText(bundle));
  say(`${output}: ${calibrationText(bundle)}`);
  if (config.decide.precision === undefined) return;
  const options = linkerOptions(config);
  say(promiseText(options, thresholdsOf(options, bundle.calibration, bundle.evidence)));
}

/** Prints what each part of the model brings. */
async function printAblation(config: Config, seeds: number | undefined): Promise<void> {
  const [{ readCorpora }, { ablate }, { loadTrainingBackend }] = await Promise.all([
    import("../../training/corpus.js"),
    import("../../training/ablate.js"),
    import("../../tensor/backend.js"),
  ]);
  const progress = makeProgress("ablation");
  const table = await ablate(
    config,
    await readCorpora(config),
    await loadTrainingBackend(config.training.backend),
    {
      ...(seeds !== undefined && { seeds }),
      signal: interruptSignal(),
      onRun: (done, of) => progress.update(done, of),
    },
  );
  progress.clear();
  process.stdout.write(ablationText(table));
}

/** What dev made of the scores. */
function calibrationText({ calibration, config }: Bundle): string {
  if (!calibration)
    return `scores as they are, threshold ${config.linker.threshold === "auto" ? "none" : config.linker.threshold}`;
  return `temperature ${calibration.temperature.toFixed(2)}, threshold ${calibration.threshold.toFixed(2)}`;
}

/** Mean and spread of the seeds, and what became of them. */
function seedsText({ about }: Bundle): string {
  const reports = about.seeds as readonly SeedReport[];
  const kept = about.kept as readonly number[];
  const [accuracy, ambiguous] = (["accuracy", "ambiguous"] as const).map((key) =>
    spreadText(spreadOf(reports.map((report) => report[key]))),
  );
  const together =
    kept.length > 1 ? "kept together" : `kept: seed ${kept[0]} alone, which is better than all together`;
  return `${reports.length} seeds: dev ${accuracy} / ${ambiguous}; ${together}`;
}

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
