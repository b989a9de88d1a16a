import { readFileSync } from "node:fs";
import { linkwrightError } from "../../errors.js";
import { SERVE_DEFAULTS, type ServeOptions } from "../../server/options.js";
import type { BackendName } from "../../tensor/backend.js";
import { ADDRESS_OPTIONS, type AddressArguments } from "../address-options.js";
import type { Command } from "../command.js";
import { changesOf, LINK_OPTIONS, type LinkArguments } from "../link-options.js";
import { numberOption } from "../number-option.js";
import { say } from "../progress.js";

interface Arguments extends LinkArguments, AddressArguments {
  readonly host: string;
  readonly port: number | undefined;
  readonly workers: number | undefined;
  readonly "n-workers": number | undefined;
  readonly "use-gunicorn": boolean;
  readonly "body-limit": number | undefined;
  readonly "batch-limit": number | undefined;
  readonly "queue-limit": number | undefined;
  readonly "time-limit": number | undefined;
  readonly "token-file": string | undefined;
  readonly "cors-origin": readonly string[] | undefined;
  readonly "log-level": ServeOptions["logLevel"];
}

const count = (name: string, describe: string, usual: number, most = 1e9): ReturnType<typeof numberOption> =>
  numberOption({
    name,
    describe: `${describe} [default: ${usual}]`,
    holds: (value) => Number.isInteger(value) && value >= 1 && value <= most,
    expected: `a whole number from 1 to ${most}`,
  });

export const serveCommand: Command<Arguments> = {
  builder: (yargs) =>
    yargs
      .positional("model", {
        type: "string",
        demandOption: true,
        describe: "Model folder, or a knowledge base for the base model",
      })
      .option("host", { type: "string", default: SERVE_DEFAULTS.host, describe: "0.0.0.0 for all networks" })
      .option(
        "port",
        numberOption({
          name: "port",
          describe: `0 for any free one [default: ${SERVE_DEFAULTS.port}]`,
          holds: (value) => Number.isInteger(value) && value >= 0 && value < 65536,
          expected: "a whole number from 0 to 65535",
        }),
      )
      .option("workers", count("workers", "Threads that link", SERVE_DEFAULTS.workers))
      .option("n-workers", { type: "number", hidden: true })
      .option("use-gunicorn", { type: "boolean", default: false, hidden: true })
      .option("body-limit", count("body-limit", "Largest body, in bytes", SERVE_DEFAULTS.bodyLimit))
      .option("batch-limit", count("batch-limit", "Most documents of a request", SERVE_DEFAULTS.batchLimit))
      .option(
        "queue-limit",
        count("queue-limit", "Requests that may wait for a thread", SERVE_DEFAULTS.queueLimit),
      )
      .option(
        "time-limit",
        count("time-limit", "Seconds that a request may take", SERVE_DEFAULTS.timeLimitMs / 1000, 86_400),
      )
      .option("token-file", {
        type: "string",
        requiresArg: true,
        describe: "File of bearer tokens, one a line; requests must show one",
      })
      .option("cors-origin", {
        type: "string",
        array: true,
        requiresArg: true,
        describe: "Origin whose web pages may call; '*' for all",
      })
      .options(ADDRESS_OPTIONS)
      .option("log-level", {
        choices: ["silent", "error", "warn", "info", "debug"] as const,
        default: SERVE_DEFAULTS.logLevel,
        describe: "Of the log on stderr, which holds no text",
      })
      .options(LINK_OPTIONS)
      .strict(),
  handler: async (argv) => {
    if (argv["use-gunicorn"]) say("--use-gunicorn: there is none; --workers sets the threads.");
    if (argv["n-workers"] !== undefined) say("--n-workers is --workers here.");
    const { serve } = await import("../../server/serve.js");
    const seconds = argv["time-limit"];
    const server = await serve(argv.model, {
      host: argv.host,
      backend: argv.backend as BackendName | "auto",
      tokens: tokensIn(argv["token-file"]),
      corsOrigins: argv["cors-origin"] ?? [],
      entityBase: argv["entity-base"] ?? SERVE_DEFAULTS.entityBase,
      entityView: argv["entity-view"],
      publicUrl: argv["public-url"],
      logLevel: argv["log-level"],
      changes: changesOf(argv),
      code: argv.code,
      ...defined({
        port: argv.port,
        workers: argv["n-workers"] ?? argv.workers,
        bodyLimit: argv["body-limit"],
        batchLimit: argv["batch-limit"],
        queueLimit: argv["queue-limit"],
        timeLimitMs: seconds && 1000 * seconds,
      }),
    });
    say(`${argv.model} at ${server.url}, documentation at ${server.url}/docs`);
    await interrupted();
    say("ending: requests that were begun are answered");
    await server.close();
  },
};

/** Those options that were given. */
function defined(options: Readonly<Record<string, number | undefined>>): Partial<ServeOptions> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}

function tokensIn(file: string | undefined): string[] {
  if (file === undefined) return [];
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (cause) {
    throw linkwrightError("L601", { file, why: (cause as Error).message }, cause);
  }
  const tokens = text.split(/\r?\n/u).map((line) => line.trim());
  const given = tokens.filter((token) => token !== "");
  if (given.length === 0) throw linkwrightError("L601", { file, why: "it holds no token" });
  return given;
}

/** Resolves at Ctrl-C or SIGTERM; a second one ends the process at once. */
function interrupted(): Promise<void> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => resolve());
  });
}
