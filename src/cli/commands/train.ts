import { basename } from "node:path";
import type { CommandModule } from "yargs";
import { overridesOf } from "../overrides.js";
import { interruptSignal, makeProgress, say } from "../progress.js";

interface Arguments {
  readonly config: string;
  readonly output: string;
  readonly resume: boolean;
}

const OWN_OPTIONS = ["config", "output", "o", "resume", "help", "h", "version", "v"];

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
      .epilogue("Any key of the config can be given as an option: --training.max_epochs 5 --paths.train F")
      .strict(false),
  handler: async (argv) => {
    const [{ readConfig }, { train }] = await Promise.all([
      import("../../linker/config.js"),
      import("../../training/train.js"),
    ]);
    const config = readConfig(argv.config, overridesOf({ ...argv }, OWN_OPTIONS));
    const progress = makeProgress(basename(argv.output));
    const speed = meter();
    let dev = "";
    const bundle = await train(config, {
      output: argv.output,
      resume: argv.resume,
      signal: interruptSignal(),
      onStage: (stage) => say(stage),
      onStep: ({ epoch, done, of, loss, mentions }) => {
        const total = of * config.training.max_epochs;
        const note = `epoch ${epoch} loss ${loss.toFixed(3)} ${dev} ${speed(mentions)} mentions/s`;
        progress.update((epoch - 1) * of + done, total, note);
      },
      onEpoch: ({ epoch, loss, accuracy, ambiguous }, isBest) => {
        dev = `dev ${percent(accuracy)} / ${percent(ambiguous)}`;
        progress.clear();
        say(`epoch ${epoch}: loss ${loss.toFixed(4)}, ${dev}${isBest ? ", best so far" : ""}`);
      },
    });
    progress.clear();
    const { temperature, threshold } = bundle.calibration;
    say(`${argv.output}: temperature ${temperature.toFixed(2)}, threshold ${threshold.toFixed(2)}`);
  },
};

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
