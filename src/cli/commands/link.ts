import type { CommandModule } from "yargs";
import { candidateToJson } from "../../linker/link-json.js";
import type { LinkCandidate } from "../../linker/predict.js";
import type { Span } from "../../text/doc.js";
import { LINK_OPTIONS, type LinkArguments } from "../link-options.js";

interface Arguments extends LinkArguments {
  readonly text: readonly string[];
  readonly json: boolean;
}

export const linkCommand: CommandModule<object, Arguments> = {
  command: "link <model> <text..>",
  describe: "Find and link the mentions of a text",
  builder: (yargs) =>
    yargs
      .positional("model", { type: "string", demandOption: true, describe: "Model folder" })
      .positional("text", {
        type: "string",
        array: true,
        demandOption: true,
        describe: "Texts, each linked by itself",
      })
      .option("json", { type: "boolean", default: false, describe: "Print one JSON array of links a text" })
      .options(LINK_OPTIONS)
      .strict(),
  handler: async (argv) => {
    const { text, json } = argv;
    const [{ openLinker }, { Doc }] = await Promise.all([
      import("../open-linker.js"),
      import("../../text/doc.js"),
    ]);
    const { linker } = await openLinker(argv);
    const docs = text.map((one) => {
      const doc = new Doc(one);
      doc.ents = linker.detect(doc);
      return doc;
    });
    for await (const { ents, text: one } of linker.pipe(docs)) {
      process.stdout.write(
        json ? `${JSON.stringify(ents.map((span) => linkToJson(span, one)))}\n` : table(ents, one),
      );
    }
  },
};

function linkToJson(
  { start, end, label, kbId, score, reason, oneOf, candidates }: Span,
  text: string,
): object {
  const listed = (candidates as LinkCandidate[]).map(candidateToJson);
  return {
    mention: text.slice(start, end),
    start,
    end,
    label,
    kb_id: kbId,
    score,
    reason,
    ...(oneOf && { one_of: oneOf }),
    candidates: listed,
  };
}

function table(spans: readonly Span[], text: string): string {
  if (spans.length === 0) return "no names of the knowledge base found\n";
  const rows = spans.map(({ start, end, kbId, score, reason, oneOf, candidates }) => {
    const best = (candidates as LinkCandidate[]).find((candidate) => candidate.kbId === kbId);
    const why = reason === "linked" ? (best?.name ?? "") : oneOf ? `one of ${oneOf.join(", ")}` : `${reason}`;
    return [text.slice(start, end), kbId, (score ?? 0).toFixed(2), why] as const;
  });
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows
    .map(
      ([mention, id, score, why]) =>
        `${mention.padEnd(widths[0] as number)}  ${id.padEnd(widths[1] as number)}  ${score}  ${why}\n`,
    )
    .join("");
}
