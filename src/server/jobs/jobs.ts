import type { Linker } from "../../linker/linker.js";
import { candidatesOf } from "./candidates.js";
import { entitiesOf } from "./entities.js";
import { detailsOf } from "./entity-details.js";
import { exampleOf } from "./example.js";
import { linkDocuments } from "./link-documents.js";
import { linkLines } from "./link-lines.js";
import { linkNif } from "./link-nif.js";
import { linkSpans } from "./link-spans.js";
import { reconcile } from "./reconcile.js";
import { countTypes, suggestEntities } from "./suggest.js";

/** One job as a job of some that are done together. */
function alone<Input, Output>(together: (linker: Linker, inputs: readonly Input[]) => Output[]) {
  return (linker: Linker, input: Input): Output => together(linker, [input])[0] as Output;
}

/** What worker threads can do: each a function of the linker and of plain data, that gives plain data. */
export const jobs = {
  documents: alone(linkDocuments),
  lines: linkLines,
  spans: alone(linkSpans),
  example: exampleOf,
  entities: entitiesOf,
  details: detailsOf,
  types: countTypes,
  suggest: suggestEntities,
  reconcile,
  nif: linkNif,
  candidates: candidatesOf,
} as const;

export type JobKind = keyof typeof jobs;
export type JobInput<Kind extends JobKind> = Parameters<(typeof jobs)[Kind]>[1];
export type JobOutput<Kind extends JobKind> = ReturnType<(typeof jobs)[Kind]>;

type AnyJob<Input, Output> = (linker: Linker, input: Input) => Output;

/** Jobs that cost less together: the model scores all their mentions at once. */
const TOGETHER: { readonly [Kind in JobKind]?: AnyJob<readonly never[], readonly unknown[]> } = {
  documents: linkDocuments,
  spans: linkSpans,
};

/** What became of a job. */
export type Outcome = { readonly output: unknown } | { readonly error: unknown };

/** Does jobs of one kind, together if that is possible; each ends as it would have alone. */
export function doJobs(linker: Linker, kind: JobKind, inputs: readonly unknown[]): Outcome[] {
  const together = inputs.length > 1 ? TOGETHER[kind] : undefined;
  if (together) {
    try {
      return together(linker, inputs as readonly never[]).map((output) => ({ output }));
    } catch {
      // One of them is at fault: alone it will be seen which.
    }
  }
  const job = jobs[kind] as AnyJob<unknown, unknown>;
  return inputs.map((input) => {
    try {
      return { output: job(linker, input) };
    } catch (error) {
      return { error };
    }
  });
}
