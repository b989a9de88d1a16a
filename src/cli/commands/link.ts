import type { TextLinker } from "../../pipeline/text-linker.js";
import { linkingBackend } from "../../tensor/backend.js";
import { runCode } from "../code-option.js";
import type { Command } from "../command.js";
import { restoreDash } from "../dash.js";
import { LINK_OPTIONS, type LinkArguments } from "../link-options.js";
import type { LinkFormat } from "../link-output.js";
import { numberOption, UsageError } from "../number-option.js";
import { interruptSignal } from "../progress.js";
import { repeatedOption } from "../repeated-option.js";
import { SCORER_OPTION, scorerOf } from "../scorer-option.js";
import { checkWikiOptions, WIKI_OPTIONS, type WikiArguments } from "../wiki-options.js";

interface Arguments extends Omit<LinkArguments, "model">, WikiArguments {
  readonly model: string | undefined;
  readonly text: readonly string[] | undefined;
  readonly file: readonly string[] | undefined;
  readonly mention: readonly string[] | undefined;
  readonly scorer: string | undefined;
  readonly "context-tokens": number | undefined;
  readonly urls: string | undefined;
  readonly json: boolean;
  readonly format: Exclude<LinkFormat, "links"> | undefined;
}

const FORMATS = ["table", "json", "jsonl", "html"] as const;

export const linkCommand: Command<Arguments> = {
  builder: (yargs) =>
    yargs
      .positional("model", {
        type: "string",
        describe: "Model folder, or that of a knowledge base; none with --wikipedia",
      })
      .positional("text", { type: "string", array: true, describe: "Texts, each by itself; '-' for stdin" })
      .option("file", repeatedOption("A file as one text, '-' for stdin; may be repeated"))
      .option("format", {
        choices: FORMATS,
        requiresArg: true,
        describe: "How to print links; html is a page of its own [default: table]",
      })
      .option("json", { type: "boolean", default: false, describe: "Print one JSON array of links a text" })
      .options(WIKI_OPTIONS)
      .option(
        "mention",
        repeatedOption("Link this name, wherever it stands, and look for no others; may be repeated"),
      )
      .option("scorer", SCORER_OPTION)
      .option(
        "context-tokens",
        numberOption({
          name: "context-tokens",
          describe: "Words on each side of a mention that a scorer reads which is no model [default: 10]",
          holds: (words) => Number.isInteger(words) && words >= 0 && words <= 1000,
          expected: "a whole number from 0 to 1000",
        }),
      )
      .option("urls", {
        type: "string",
        requiresArg: true,
        describe: "Where the MODEL's entities can be read: https://www.wikidata.org/wiki/{id}",
      })
      .options(LINK_OPTIONS)
      .strict(),
  handler: async (argv) => {
    const { model, texts, format } = questionOf(argv);
    const [linker, { printed }] = await Promise.all([
      openTextLinker(argv, model),
      import("../link-output.js"),
    ]);
    const links = linker.linkAll(readTexts(texts, argv.file ?? []), { signal: interruptSignal() });
    for await (const chunk of printed(links, format)) process.stdout.write(chunk);
  },
};

interface LinkQuestion {
  readonly model: string | undefined;
  readonly texts: readonly string[];
  readonly format: LinkFormat;
}

/** What is to be linked to what; with a wiki the first word is a text already. @throws UsageError */
function questionOf(argv: Arguments): LinkQuestion {
  const { wikipedia, json, format, file = [], text = [] } = argv;
  checkWikiOptions(argv);
  if (json && format !== undefined) throw new UsageError("--json and --format exclude each other.");
  const model = wikipedia === undefined ? argv.model : undefined;
  const texts = [...(wikipedia !== undefined && argv.model !== undefined ? [argv.model] : []), ...text];
  if (wikipedia === undefined && model === undefined)
    throw new UsageError("Name a MODEL to link to, or --wikipedia LANG, and give texts");
  if (texts.length === 0 && file.length === 0)
    throw new UsageError("Not enough arguments: give texts, --file, or '-' for stdin");
  if (wikipedia !== undefined) checkNoModelOptions(argv);
  return { model, texts: texts.map(restoreDash), format: json ? "links" : (format ?? "table") };
}

/** Options of a model and its dev. */
function checkNoModelOptions(argv: Arguments): void {
  for (const option of ["decide.precision", "decide.confidence", "decide.set_size", "urls"] as const) {
    if (argv[option] !== undefined) throw new UsageError(`--${option} needs a MODEL, not --wikipedia.`);
  }
}

async function openTextLinker(argv: Arguments, model: string | undefined): Promise<TextLinker> {
  const [{ createLinker, linkerOver }, { namedMentions }, { openLinker }] = await Promise.all([
    import("../../pipeline/create-linker.js"),
    import("../../pipeline/named-mentions.js"),
    import("../open-linker.js"),
  ]);
  const { wikipedia, cache, offline, mention, urls, "context-tokens": contextTokens } = argv;
  const backend = linkingBackend(argv.backend);
  const scorer = await scorerOf(argv.scorer, backend);
  const options = { scorer, contextTokens, detector: mention && namedMentions(mention) };
  if (wikipedia === undefined) {
    const { linker } = await openLinker({ ...argv, model: model as string });
    return linkerOver(linker, { ...options, urls });
  }
  await runCode(argv);
  const { wikipediaSource } = await import("../../pipeline/wikipedia-source.js");
  const source = { wiki: wikipedia, cache, offline, userAgent: argv["user-agent"] };
  return createLinker({ ...options, candidates: wikipediaSource(source), backend });
}

/** The texts of the command line, then those of files; "-" stands for what comes from stdin. */
async function* readTexts(texts: readonly string[], files: readonly string[]): AsyncGenerator<string> {
  const { readTextFile } = await import("../read-text.js");
  for (const text of texts) yield text === "-" ? readTextFile("-") : text;
  for (const file of files) yield readTextFile(restoreDash(file));
}
