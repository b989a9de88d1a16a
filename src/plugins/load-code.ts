import { existsSync } from "node:fs";
import { register } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { linkwrightError } from "../errors.js";

const ENTRY = new URL("../index.js", import.meta.url).href;

/** Makes `import … from "linkwright"` mean this very installation, wherever the importing file lies. */
const RESOLVER = `export const resolve = (specifier, context, next) =>
  specifier === "linkwright" ? { url: ${JSON.stringify(ENTRY)}, shortCircuit: true } : next(specifier, context);`;
let isResolving = false;

/**
 * Runs a file of yours that registers functions: `import { registry } from "linkwright"` gives it the registry.
 * @throws L520 there is no such file, or it throws
 */
export async function loadCode(path: string): Promise<void> {
  const refuse = (why: string, cause?: unknown): never => {
    throw linkwrightError("L520", { path, why }, cause);
  };
  if (!existsSync(path)) refuse("there is no such file");
  if (!isResolving) {
    register(`data:text/javascript,${encodeURIComponent(RESOLVER)}`);
    isResolving = true;
  }
  try {
    await import(pathToFileURL(resolve(path)).href);
  } catch (cause) {
    refuse(cause instanceof Error ? cause.message : String(cause), cause);
  }
}
