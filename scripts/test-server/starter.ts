/** The starter corpus: its model, and a request for each of its test documents, which have one to three spans. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "./running.js";

export const STARTER = join(ROOT, "corpus/starter");

export const annBodies = readFileSync(join(STARTER, "test.jsonl"), "utf8")
  .trim()
  .split("\n")
  .map((line) => JSON.parse(line) as { text: string; ents: { start: number; end: number; label: string }[] })
  .map(({ text, ents }) => {
    const spans = ents.map(({ start, end, label }) => ({ text: text.slice(start, end), start, end, label }));
    return JSON.stringify({ documents: [{ spans, context: text }] });
  });
