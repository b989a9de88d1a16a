import { entitiesOf } from "./entities.js";
import { detailsOf } from "./entity-details.js";
import { exampleOf } from "./example.js";
import { linkDocuments } from "./link-documents.js";
import { linkNif } from "./link-nif.js";
import { linkSpans } from "./link-spans.js";
import { reconcile } from "./reconcile.js";
import { countTypes, suggestEntities } from "./suggest.js";

/** What worker threads can do: each a function of the linker and of plain data, that gives plain data. */
export const jobs = {
  documents: linkDocuments,
  spans: linkSpans,
  example: exampleOf,
  entities: entitiesOf,
  details: detailsOf,
  types: countTypes,
  suggest: suggestEntities,
  reconcile,
  nif: linkNif,
} as const;

export type Jobs = typeof jobs;
export type JobKind = keyof Jobs;
export type JobOutput<Kind extends JobKind> = ReturnType<Jobs[Kind]>;
