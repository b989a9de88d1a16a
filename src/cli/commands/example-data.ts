import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { linkwrightError } from "../../errors.js";
import type { Command } from "../command.js";
import { ALIASES, annRequest, ENTITIES, linkRequest } from "../example-data.js";
import { say } from "../progress.js";

interface Arguments {
  readonly dir: string;
}

export const exampleDataCommand: Command<Arguments> = {
  builder: (yargs) =>
    yargs.positional("dir", { type: "string", demandOption: true, describe: "Folder to write" }).strict(),
  handler: ({ dir }) => {
    const files = {
      "entities.jsonl": lines(ENTITIES),
      "aliases.jsonl": lines(ALIASES),
      "request.json": `${JSON.stringify(annRequest(), null, 2)}\n`,
      "request-v1.json": `${JSON.stringify(linkRequest(), null, 2)}\n`,
    };
    const names = Object.keys(files);
    const there = names.map((name) => join(dir, name)).find((path) => existsSync(path));
    if (there !== undefined) throw linkwrightError("L602", { path: there });
    try {
      mkdirSync(dir, { recursive: true });
      for (const [name, content] of Object.entries(files))
        writeFileSync(join(dir, name), content, { flag: "wx" });
    } catch (cause) {
      throw linkwrightError("L108", { path: dir, why: (cause as Error).message }, cause);
    }
    say(`${dir}: ${names.join(", ")}`);
  },
};

const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");
