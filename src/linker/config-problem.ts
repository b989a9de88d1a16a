import { z } from "zod";
import { schema } from "./config-schema.js";

/** A key of a config, and what is wrong with it. */
export interface ConfigProblem {
  readonly key: string;
  readonly problem: string;
}

/** The first thing of a config that does not fit the schema. */
export function problemOf({ issues }: z.ZodError): ConfigProblem {
  const [issue] = issues as [z.core.$ZodIssue];
  const path = issue.path.map(String);
  if (issue.code === "unrecognized_keys") {
    const key = [...path, issue.keys[0] as string].join(".");
    return { key, problem: `is unknown${suggestion(key)}` };
  }
  const missing = issue.code === "invalid_type" && /received undefined/.test(issue.message);
  return {
    key: path.join("."),
    problem: missing ? "is missing." : `${issue.message.replace(/^Invalid input: /, "")}.`,
  };
}

/** The known key or section that an unknown one most likely means. */
function suggestion(key: string): string {
  const known = Object.entries(schema.shape).flatMap(([section, fields]) => {
    const inner = fields instanceof z.ZodObject ? fields : (fields.unwrap() as z.ZodObject);
    return [section, ...Object.keys(inner.shape).map((name) => `${section}.${name}`)];
  });
  const last = key.split(".").at(-1) as string;
  const near =
    known.find((name) => name.endsWith(`.${last}`)) ?? known.find((name) => distance(name, key) <= 3);
  return near ? `; did you mean '${near}'?` : ". configs/default.toml lists every key.";
}

/** Levenshtein distance. */
function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      row.push(Math.min(substitution, (previous[j] as number) + 1, (row[j - 1] as number) + 1));
    }
    previous = row;
  }
  return previous[b.length] as number;
}
