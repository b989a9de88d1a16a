import { resolve } from "node:path";
import { linkwrightError } from "../../errors.js";
import { WEIGHT_FORMATS, type WeightFormat } from "../../tensor/weights.js";
import type { Command } from "../command.js";
import { say } from "../progress.js";

interface Arguments {
  readonly model: string;
  readonly out: string;
  readonly quantize: WeightFormat;
}

export const exportCommand: Command<Arguments> = {
  builder: (yargs) =>
    yargs
      .positional("model", { type: "string", demandOption: true, describe: "Model folder" })
      .positional("out", { type: "string", demandOption: true, describe: "Folder to write" })
      .option("quantize", {
        choices: WEIGHT_FORMATS,
        default: "float16" as WeightFormat,
        describe: "How weights are stored",
      })
      .strict(),
  handler: async ({ model, out, quantize }) => {
    const [{ readBundle, writeBundle }, { VERSION }] = await Promise.all([
      import("../../linker/bundle.js"),
      import("../../version.js"),
    ]);
    if (resolve(model) === resolve(out)) {
      throw linkwrightError("L406", { path: out, why: "it is the model to be exported itself" });
    }
    const bundle = await readBundle(model);
    const isRounded = quantize === "uint8"; // what dev said was said of finer weights
    await writeBundle({ ...bundle, evidence: isRounded ? undefined : bundle.evidence }, out, {
      format: quantize,
      linkwrightVersion: VERSION,
    });
    say(`${out}: weights as ${quantize}${isRounded ? "; no precision can be asked of it" : ""}`);
  },
};
