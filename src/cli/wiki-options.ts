import type { Options } from "yargs";
import { UsageError } from "./number-option.js";

/** What the command line says of a wiki to link to. */
export interface WikiArguments {
  readonly wikipedia: string | undefined;
  readonly cache: string | undefined;
  readonly offline: boolean;
  readonly "user-agent": string | undefined;
}

export const WIKI_OPTIONS = {
  wikipedia: {
    type: "string",
    requiresArg: true,
    describe: "Link to this Wikipedia (en, de ..) in place of a MODEL, or to the wiki of this api.php",
  },
  cache: { type: "string", requiresArg: true, describe: "Folder that keeps the wiki's answers" },
  offline: { type: "boolean", default: false, describe: "Ask nobody: answers come from --cache alone" },
  "user-agent": { type: "string", requiresArg: true, describe: "Tells the wiki who asks, with an address" },
} as const satisfies Record<string, Options>;

/** Options that mean nothing where they stand. */
export function checkWikiOptions({ wikipedia, cache, offline, "user-agent": agent }: WikiArguments): void {
  if (wikipedia === undefined) {
    const given = { cache, offline: offline || undefined, "user-agent": agent };
    const [stray] = Object.entries(given).find(([, value]) => value !== undefined) ?? [];
    if (stray) throw new UsageError(`--${stray} needs --wikipedia.`);
  }
  if (offline && cache === undefined)
    throw new UsageError("--offline needs --cache, the folder of the answers.");
}
