import type { Options } from "yargs";

/** What the command line says of how to link. */
export interface LinkArguments {
  readonly model: string;
  readonly backend: string;
  readonly "decide.precision": number | undefined;
  readonly "decide.confidence": number | undefined;
  readonly "decide.set_size": number | undefined;
}

/** The options of every command that links. */
export const LINK_OPTIONS = {
  backend: { type: "string", default: "auto", describe: "tfjs-node-gpu, tfjs-node, wasm or cpu" },
  "decide.precision": {
    type: "number",
    requiresArg: true,
    describe: "Link only so much that this share of links is right, by dev's evidence",
  },
  "decide.confidence": { type: "number", requiresArg: true, describe: "How sure dev must make us of it" },
  "decide.set_size": {
    type: "number",
    requiresArg: true,
    describe: "Where a link is not sure enough, offer so many candidates at most as 'one of these'",
  },
} as const satisfies Record<string, Options>;
