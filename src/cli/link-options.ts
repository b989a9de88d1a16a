import type { Options } from "yargs";
import { LARGEST_SET } from "../linker/guarantee.js";
import type { LinkerOptions } from "../linker/options.js";
import { CODE_OPTION } from "./code-option.js";
import { isOpenShare, numberOption } from "./number-option.js";

/** What the command line says of how to link. */
export interface LinkArguments {
  readonly model: string;
  readonly backend: string;
  readonly code: string | undefined;
  readonly "decide.precision": number | undefined;
  readonly "decide.confidence": number | undefined;
  readonly "decide.set_size": number | undefined;
}

/** The options of every command that links. */
export const LINK_OPTIONS = {
  backend: { type: "string", default: "auto", describe: "tfjs-node-gpu, tfjs-node, wasm or cpu" },
  code: CODE_OPTION,
  "decide.precision": numberOption({
    name: "decide.precision",
    describe: "Link only so much that this share of links is right, by dev's evidence",
    holds: isOpenShare,
    expected: "a share above 0 and below 1, such as 0.95",
  }),
  "decide.confidence": numberOption({
    name: "decide.confidence",
    describe: "How sure dev must make us of it [default: 0.9]",
    holds: isOpenShare,
    expected: "a share above 0 and below 1, such as 0.9",
  }),
  "decide.set_size": numberOption({
    name: "decide.set_size",
    describe: "Where a link is not sure enough, offer so many candidates at most as 'one of these'",
    holds: (size) => size === 0 || (Number.isInteger(size) && size >= 2 && size <= LARGEST_SET),
    expected: `0 for none, or 2 to ${LARGEST_SET}`,
  }),
} as const satisfies Record<string, Options>;

/** How the model's own settings change. */
export function changesOf(decide: Omit<LinkArguments, "model" | "backend" | "code">): Partial<LinkerOptions> {
  const {
    "decide.precision": precision,
    "decide.confidence": confidence,
    "decide.set_size": setSize,
  } = decide;
  const changes: Partial<LinkerOptions> = {
    ...(precision !== undefined && { precision, threshold: null }),
    ...(confidence !== undefined && { confidence }),
    ...(setSize !== undefined && { setSize }),
  };
  return changes;
}
