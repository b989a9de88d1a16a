import { existsSync } from "node:fs";
import { rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { say } from "../../src/cli/progress.js";
import { writeSyntheticSource } from "./synthetic-kb.js";

/** A folder of entities.jsonl and aliases.jsonl. */
export interface Source {
  readonly name: string;
  readonly folder: string;
}

/** What the parts that make knowledge bases up have in common on their command lines. */
export const SYNTHETIC_OPTIONS = {
  sizes: { type: "string", default: "10k,100k,1.1m" },
  seed: { type: "string", default: "1" },
  keep: { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** "10k,1.1m" => ["10k", "1.1m"]; none only where there are other sources to measure, and nothing is to be kept. */
export function sizesOf(
  { sizes, keep }: { readonly sizes: string; readonly keep?: string | undefined },
  { hasOthers = false }: { readonly hasOthers?: boolean } = {},
): string[] {
  const names = sizes.split(",").filter((size) => size !== "");
  for (const name of names) countOf(name);
  if (names.length === 0 && keep !== undefined)
    throw new TypeError(
      `Found --keep ${keep} and no --sizes. Expected sizes of what to make and keep, such as 10k.`,
    );
  if (names.length === 0 && !hasOthers)
    throw new TypeError("Found no --sizes. Expected some, such as 10k,1.1m.");
  return names;
}

/**
 * Makes knowledge bases up, unless they are there from a run before.
 * @param sizes such as "10k"
 * @param folder where they are written, a folder each
 */
export async function syntheticSources(
  sizes: readonly string[],
  seed: number,
  folder: string,
): Promise<Source[]> {
  const sources: Source[] = [];
  for (const name of sizes) {
    const own = join(folder, `synthetic-${name}-seed-${seed}`);
    if (!existsSync(join(own, "aliases.jsonl"))) {
      say(`making ${name} entities`);
      await rm(`${own}.part`, { recursive: true, force: true }); // of a run that was stopped
      await writeSyntheticSource(`${own}.part`, countOf(name), seed);
      await rename(`${own}.part`, own);
    }
    sources.push({ name, folder: own });
  }
  return sources;
}

/** "10k" => 10000, "1.1m" => 1100000. */
export function countOf(text: string): number {
  const [, digits, unit = ""] = /^([\d.]+)([km]?)$/.exec(text) ?? [];
  const count = Math.round(Number(digits) * { "": 1, k: 1e3, m: 1e6 }[unit as "" | "k" | "m"]);
  if (count >= 1) return count;
  throw new TypeError(`Found the size "${text}". Expected such as 500, 10k or 1.1m.`);
}
