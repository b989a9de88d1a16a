import { parse } from "smol-toml";
import type { Overrides } from "../linker/config.js";

/** The dotted options of a command line as config overrides: values are read as TOML, else taken as text. */
export function overridesOf(argv: Readonly<Record<string, unknown>>, known: readonly string[]): Overrides {
  const overrides: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(argv)) {
    if (key === "_" || key === "$0" || known.includes(key)) continue;
    overrides[key] = Array.isArray(value) ? value.map(parseValue) : parseValue(value);
  }
  return overrides;
}

function parseValue(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return parse(`value = ${value}`).value;
  } catch {
    return value; // a path or another bare word
  }
}
