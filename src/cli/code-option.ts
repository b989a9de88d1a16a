import type { Options } from "yargs";

/** Of every command that calls functions which a config names. */
export const CODE_OPTION = {
  type: "string",
  requiresArg: true,
  describe: "JavaScript file that registers functions of yours, run first",
} as const satisfies Options;

/** Runs the file of `--code`, if there is one. */
export async function runCode({ code }: { readonly code: string | undefined }): Promise<void> {
  if (code === undefined) return;
  const { loadCode } = await import("../plugins/load-code.js");
  await loadCode(code);
}
