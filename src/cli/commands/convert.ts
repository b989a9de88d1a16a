import { existsSync } from "node:fs";
import { linkwrightError } from "../../errors.js";
import { DOCUMENT_FORMATS, type DocumentFormat } from "../../formats/format-names.js";
import type { Command } from "../command.js";
import { restoreDash } from "../dash.js";
import { interruptSignal, say } from "../progress.js";

const KB_FORMATS = ["spacy-kb", "kb"] as const;
type KbFormat = (typeof KB_FORMATS)[number];

const SOURCES = [...DOCUMENT_FORMATS, ...KB_FORMATS];
const TARGETS = ["docs", ...KB_FORMATS] as const;

interface Arguments {
  readonly in: string;
  readonly out: string;
  readonly from: DocumentFormat | KbFormat;
  readonly to: "docs" | KbFormat;
}

interface Paths {
  readonly input: string;
  readonly output: string;
}

export const convertCommand: Command<Arguments> = {
  builder: (yargs) =>
    yargs
      .positional("in", {
        type: "string",
        demandOption: true,
        describe: "File of documents, '-' for stdin, or folder of a knowledge base",
      })
      .positional("out", {
        type: "string",
        demandOption: true,
        describe: "File to write, '-' for stdout, or folder to write",
      })
      .option("from", { choices: SOURCES, demandOption: true, requiresArg: true, describe: "What IN is" })
      .option("to", {
        choices: TARGETS,
        demandOption: true,
        requiresArg: true,
        describe: "What OUT is to be",
      })
      .check(({ in: input, out, from, to }) => {
        if (isKbFormat(from) !== isKbFormat(to))
          return `Can't convert ${from} to ${to}: ${DOCUMENT_FORMATS.join(", ")} become docs, spacy-kb and kb become kb or spacy-kb.`;
        const isPiped = [input, out].some((path) => restoreDash(path) === "-");
        return !isKbFormat(to) || !isPiped || "A knowledge base is a folder, '-' can't stand for one.";
      })
      .strict(),
  handler: ({ in: input, out, from, to }) => {
    const paths = { input: restoreDash(input), output: restoreDash(out) };
    return isKbFormat(from) ? convertKb(paths, from, to as KbFormat) : convertDocs(paths, from);
  },
};

function isKbFormat(format: string): format is KbFormat {
  return (KB_FORMATS as readonly string[]).includes(format);
}

async function convertKb({ input, output }: Paths, from: KbFormat, to: KbFormat): Promise<void> {
  const [{ readSpacyKb, writeSpacyKb }, { openKb }] = await Promise.all([
    import("../../kb/spacy-kb.js"),
    import("../../kb/open-kb.js"),
  ]);
  if (!existsSync(input)) throw linkwrightError("E929", { path: input });
  const kb = await (from === "spacy-kb" ? readSpacyKb(input) : openKb(input));
  await (to === "spacy-kb" ? writeSpacyKb(kb, output) : kb.toDisk(output));
  const lost =
    from === "kb" && to === "spacy-kb" ? "; spaCy's format has no names, descriptions or types" : "";
  say(`${output}: ${kb.getSizeEntities()} entities, ${kb.getSizeAliases()} aliases${lost}`);
}

async function convertDocs({ input, output }: Paths, from: DocumentFormat): Promise<void> {
  const [{ readAnyDocs }, { writeDocs }, { NIL }] = await Promise.all([
    import("../../formats/document-formats.js"),
    import("../../formats/doc-jsonl.js"),
    import("../../text/doc.js"),
  ]);
  const signal = interruptSignal();
  if (input === "-") signal.addEventListener("abort", () => process.stdin.destroy()); // it may wait for more
  const skipped = new Map<string, number>();
  const onSkip = (what: string): void => void skipped.set(what, (skipped.get(what) ?? 0) + 1);
  const counts = { mentions: 0, links: 0, nil: 0 };
  async function* counted() {
    try {
      for await (const doc of readAnyDocs(input, from, { onSkip })) {
        signal.throwIfAborted();
        counts.mentions += doc.ents.length;
        counts.nil += doc.ents.filter(({ kbId }) => kbId === NIL).length;
        counts.links += doc.ents.filter(({ kbId }) => kbId !== NIL && kbId !== "").length;
        yield doc;
      }
    } finally {
      signal.throwIfAborted(); // rather than the error of a stream that was closed
    }
  }
  const documents = await writeDocs(output, counted());
  const { mentions, links, nil } = counts;
  const left = Array.from(skipped, ([what, count]) => `${count} ${what}`);
  say(
    `${output === "-" ? "stdout" : output}: ${documents} documents, ${mentions} mentions, ${links} links, ${nil} NIL` +
      (left.length > 0 ? `; left out: ${left.join(", ")}` : ""),
  );
}
