import type { Command } from "../command.js";
import { makeProgress, say } from "../progress.js";

interface Arguments {
  readonly source: string;
  readonly out: string;
}

export const createIndexCommand: Command<Arguments> = {
  builder: (yargs) =>
    yargs
      .positional("source", {
        type: "string",
        demandOption: true,
        describe: "Folder with entities.jsonl and aliases.jsonl",
      })
      .positional("out", { type: "string", demandOption: true, describe: "Folder to write" })
      .strict(),
  handler: async ({ source, out }) => {
    const { readKbSource } = await import("../../kb/source.js");
    const progress = makeProgress("reading");
    const kb = await readKbSource(source, {
      onProgress: ({ bytes, totalBytes }) => progress.update(bytes, totalBytes),
      onWarning: ({ code, message }) => say(`[${code}] ${message}`),
    });
    progress.clear();
    await kb.toDisk(out);
    say(`${out}: ${kb.getSizeEntities()} entities, ${kb.getSizeAliases()} aliases`);
  },
};
