import type { CommandModule } from "yargs";
import { candidatesToJson } from "../../linker/link-json.js";
import type { PipeOptions } from "../../linker/linker.js";
import type { Doc } from "../../text/doc.js";
import { restoreDash } from "../dash.js";
import { LINK_OPTIONS, type LinkArguments } from "../link-options.js";
import { interruptSignal } from "../progress.js";

/** How long a batch waits for the next document from stdin. */
const FLUSH_MS = 50;

interface Arguments extends LinkArguments {
  readonly in: string;
  readonly out: string;
  readonly candidates: boolean;
  readonly detect: boolean;
}

export const applyCommand: CommandModule<object, Arguments> = {
  command: "apply <model> <in> <out>",
  describe: "Link the mentions of documents, JSONL in and out, '-' for stdin and stdout",
  builder: (yargs) =>
    yargs
      .positional("model", { type: "string", demandOption: true, describe: "Model folder" })
      .positional("in", { type: "string", demandOption: true, describe: "Documents, JSONL" })
      .positional("out", { type: "string", demandOption: true, describe: "File to write" })
      .option("candidates", {
        type: "boolean",
        default: false,
        describe: "Write every candidate with the parts of its score",
      })
      .option("detect", {
        type: "boolean",
        default: false,
        describe: "Find mentions where a document has none",
      })
      .options(LINK_OPTIONS)
      .strict(),
  handler: async (argv) => {
    const [{ openLinker }, { readDocs, writeDocs }] = await Promise.all([
      import("../open-linker.js"),
      import("../../formats/doc-jsonl.js"),
    ]);
    const signal = interruptSignal();
    const { linker } = await openLinker(argv);
    const input = restoreDash(argv.in);
    // Somebody may write a document and wait for its links.
    const options: PipeOptions = input === "-" ? { signal, flushAfterMs: FLUSH_MS } : { signal };
    if (input === "-") signal.addEventListener("abort", () => process.stdin.destroy()); // it may wait for more
    async function* mentions(): AsyncGenerator<Doc> {
      try {
        for await (const doc of readDocs(input)) {
          if (argv.detect && doc.ents.length === 0) doc.ents = linker.detect(doc);
          yield doc;
        }
      } finally {
        signal.throwIfAborted(); // rather than the error of a stream that was closed
      }
    }
    async function* linked(): AsyncGenerator<Doc> {
      for await (const doc of linker.pipe(mentions(), options)) yield candidatesToJson(doc, argv.candidates);
    }
    await writeDocs(restoreDash(argv.out), linked());
  },
};
