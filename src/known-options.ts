import { linkwrightError } from "./errors.js";

/**
 * Refuses what a call would not read, as a compiler does for those who have one: names as Python writes them, or a value
 * where the object of options belongs.
 * @throws L001
 */
export function checkOptions(call: string, options: unknown, known: readonly string[]): void {
  const isObject = typeof options === "object" && options !== null && !Array.isArray(options);
  const found = isObject ? Object.keys(options).find((key) => !known.includes(key)) : JSON.stringify(options);
  if (found !== undefined) throw linkwrightError("L001", { call, found, known });
}
