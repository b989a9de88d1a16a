import { candidatesOf } from "./candidates.js";
import { entitiesOf } from "./entities.js";
import { exampleOf } from "./example.js";
import { linkDocuments } from "./link-documents.js";
import { linkSpans } from "./link-spans.js";

/** What worker threads can do: each a function of the linker and of plain data, that gives plain data. */
export const jobs = {
  documents: linkDocuments,
  spans: linkSpans,
  example: exampleOf,
  entities: entitiesOf,
  candidates: candidatesOf,
} as const;

export type Jobs = typeof jobs;
export type JobKind = keyof Jobs;
export type JobOutput<Kind extends JobKind> = ReturnType<Jobs[Kind]>;
