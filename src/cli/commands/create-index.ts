import { setImmediate } from "node:timers/promises";
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
    const reading = makeProgress("reading");
    const kb = await readKbSource(source, {
      onProgress: ({ bytes, totalBytes }) => reading.update(bytes, totalBytes),
      onWarning: ({ code, message }) => say(`[${code}] ${message}`),
    });
    reading.clear();
    const steps: readonly (readonly [string, () => unknown])[] = [
      ["names", () => kb.aliases],
      ["words", () => kb.terms],
      ["files", () => kb.toDisk(out)],
    ];
    const indexing = makeProgress("indexing");
    for (const [i, [what, run]] of steps.entries()) {
      indexing.update(i, steps.length, what);
      await setImmediate(); // the bar is drawn before the work begins
      await run();
    }
    indexing.clear();
    say(`${out}: ${kb.getSizeEntities()} entities, ${kb.getSizeAliases()} aliases`);
  },
};
