#!/usr/bin/env node
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { VERSION } from "../version.js";
import { applyCommand } from "./commands/apply.js";
import { convertCommand } from "./commands/convert.js";
import { createIndexCommand } from "./commands/create-index.js";
import { debugDataCommand } from "./commands/debug-data.js";
import { doctorCommand } from "./commands/doctor.js";
import { evaluateCommand } from "./commands/evaluate.js";
import { exampleDataCommand } from "./commands/example-data.js";
import { exportCommand } from "./commands/export.js";
import { learningCurveCommand } from "./commands/learning-curve.js";
import { linkCommand } from "./commands/link.js";
import { serveCommand } from "./commands/serve.js";
import { trainCommand } from "./commands/train.js";
import { protectDash } from "./dash.js";
import { EXIT_FAILED, oneLine, reportFailure } from "./failure.js";
import { UsageError } from "./number-option.js";

const EXIT_USAGE = 2;

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // the reader has had enough, as `head` does
  process.stderr.write(`linkwright: can't write to stdout: ${error.message}\n`);
  process.exit(EXIT_FAILED);
});

const command = yargs(hideBin(process.argv).map(protectDash))
  .scriptName("linkwright")
  .usage("$0 <command>\n\nTrains an entity linker on your own knowledge base, and runs it.")
  .parserConfiguration({ "dot-notation": false, "parse-numbers": false, "camel-case-expansion": false })
  .command(exampleDataCommand)
  .command(createIndexCommand)
  .command(convertCommand)
  .command(debugDataCommand)
  .command(trainCommand)
  .command(learningCurveCommand)
  .command(evaluateCommand)
  .command(applyCommand)
  .command(linkCommand)
  .command(exportCommand)
  .command(serveCommand)
  .command(doctorCommand)
  .demandCommand(1, "Name a command.")
  .strictCommands()
  .version(VERSION)
  .alias({ h: "help", v: "version" })
  .wrap(Math.min(110, process.stdout.columns ?? 110))
  .exitProcess(false)
  .fail((message, error) => {
    if (error instanceof Error) throw error; // a check gives its message in place of an error
    wrongUsage(message);
  });

try {
  await command.parseAsync();
} catch (error) {
  const isUsage = error instanceof UsageError || (error as Error)?.name === "YError"; // an option without its value
  if (isUsage) wrongUsage((error as Error).message);
  reportFailure(error);
}

function wrongUsage(message: string): never {
  const line = oneLine(message);
  process.stderr.write(
    `linkwright: ${line}${line.endsWith(".") ? "" : "."} 'linkwright --help' and 'linkwright COMMAND --help' tell more.\n`,
  );
  process.exit(EXIT_USAGE);
}
