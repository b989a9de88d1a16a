#!/usr/bin/env node
import { setFlagsFromString } from "node:v8";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { VERSION } from "../version.js";
import { lazyCommand } from "./command.js";
import { protectDash } from "./dash.js";
import { EXIT_FAILED, oneLine, reportFailure } from "./failure.js";
import { UsageError } from "./number-option.js";

const EXIT_USAGE = 2;
/**
 * A function that V8 inlines is compiled once more in each of its callers. With a quarter of V8's own limits (in bytes of
 * bytecode) the first seconds of a command and of each of its threads cost a tenth less, and what runs for long is not slower.
 */
const INLINING = ["--max-inlined-bytecode-size=115", "--max-inlined-bytecode-size-cumulative=230"];

for (const flag of INLINING) setFlagsFromString(flag);

process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0); // the reader has had enough, as `head` does
  process.stderr.write(`linkwright: can't write to stdout: ${error.message}\n`);
  process.exit(EXIT_FAILED);
});

const command = yargs(hideBin(process.argv).map(protectDash))
  .scriptName("linkwright")
  .usage("$0 <command>\n\nTrains an entity linker on your own knowledge base, and runs it.")
  .parserConfiguration({ "dot-notation": false, "parse-numbers": false, "camel-case-expansion": false })
  .command(
    lazyCommand(
      "example-data <dir>",
      "Write a small knowledge base, and requests to try 'serve' with",
      async () => (await import("./commands/example-data.js")).exampleDataCommand,
    ),
  )
  .command(
    lazyCommand(
      "create-index <source> <out>",
      "Make a knowledge base folder out of entities.jsonl and aliases.jsonl",
      async () => (await import("./commands/create-index.js")).createIndexCommand,
    ),
  )
  .command(
    lazyCommand(
      "convert <in> <out>",
      "Convert documents or a knowledge base from and to the formats of spaCy and Prodigy",
      async () => (await import("./commands/convert.js")).convertCommand,
    ),
  )
  .command(
    lazyCommand(
      "debug-data <config>",
      "Tell what a corpus and a knowledge base can give: coverage, candidate recall, ceilings",
      async () => (await import("./commands/debug-data.js")).debugDataCommand,
    ),
  )
  .command(
    lazyCommand(
      "train <config>",
      "Train a model from a config",
      async () => (await import("./commands/train.js")).trainCommand,
    ),
  )
  .command(
    lazyCommand(
      "learning-curve <config>",
      "Train on more and more mentions and draw what they bring on dev",
      async () => (await import("./commands/learning-curve.js")).learningCurveCommand,
    ),
  )
  .command(
    lazyCommand(
      "evaluate <model> <data>",
      "Compare a model's links with an annotated corpus",
      async () => (await import("./commands/evaluate.js")).evaluateCommand,
    ),
  )
  .command(
    lazyCommand(
      "apply <model> <in> <out>",
      "Link the mentions of documents or plain texts: JSONL, .txt or a folder of them in, JSONL out",
      async () => (await import("./commands/apply.js")).applyCommand,
    ),
  )
  .command(
    lazyCommand(
      "link [model] [text..]",
      "Find and link the mentions of texts, by a model or in a Wikipedia",
      async () => (await import("./commands/link.js")).linkCommand,
    ),
  )
  .command(
    lazyCommand(
      "export <model> <out>",
      "Write a small, self-contained folder for linking",
      async () => (await import("./commands/export.js")).exportCommand,
    ),
  )
  .command(
    lazyCommand(
      "serve <model>",
      "Link over HTTP: /docs shows how",
      async () => (await import("./commands/serve.js")).serveCommand,
    ),
  )
  .command(
    lazyCommand(
      "doctor",
      "Show which backends work here, what they are worth, and what to install",
      async () => (await import("./commands/doctor.js")).doctorCommand,
    ),
  )
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
