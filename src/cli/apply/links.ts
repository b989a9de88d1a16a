import type { Bundle } from "../../linker/bundle.js";
import { readAny } from "../../plugins/load-linker.js";
import { shareModel } from "../../server/shared-model.js";
import type { LinkArguments } from "../link-options.js";
import { changesOf } from "../link-options.js";
import { knownBackend, openLinker } from "../open-linker.js";
import { say } from "../progress.js";
import type { Batch } from "./batches.js";
import { type BatchOptions, linkBatch } from "./link-batch.js";
import { hashOfModel } from "./run-identity.js";
import { Threads } from "./threads.js";

export interface LinksOptions extends BatchOptions {
  /** Threads; a single one is the process itself. */
  readonly workers: number;
  /** Whether the model's hash is wanted. */
  readonly hash: boolean;
  readonly signal: AbortSignal;
}

/** What links batches, wherever that is done. */
export interface Links {
  /** What the scores depend on; the model's hash is "" where it isn't wanted. */
  readonly about: { readonly backend: string; readonly model: string };
  /** @returns the batch's lines of JSONL */
  link(batch: Batch): Promise<string>;
  close(): Promise<void>;
}

/** Makes ready to link with a model. */
export async function openLinks(given: LinkArguments, options: LinksOptions): Promise<Links> {
  return options.workers === 1 ? linksHere(given, options) : linksInThreads(given, options);
}

async function linksHere(given: LinkArguments, { signal, hash, ...options }: LinksOptions): Promise<Links> {
  const { linker, bundle, backend } = await openLinker(given);
  return {
    about: { backend: backend.name, model: await hashIf(hash, bundle) },
    link: (batch) => linkBatch(linker, batch, options, signal),
    close: async () => {},
  };
}

async function linksInThreads(
  { model, backend: asked, code, ...decide }: LinkArguments,
  { workers, hash, candidates, detect, output }: LinksOptions,
): Promise<Links> {
  const backend = knownBackend(asked);
  const bundle = await readAny(model);
  const hashed = await hashIf(hash, bundle);
  const shared = await shareModel(bundle, backend);
  const options = { candidates, detect, output };
  const { threads, linker } = await Threads.start(
    { model: shared, backend, changes: changesOf(decide), code, options },
    workers,
  );
  if (linker.promise !== undefined) say(linker.promise);
  return {
    about: { backend: linker.backend, model: hashed },
    link: (batch) => threads.link(batch),
    close: () => threads.close(),
  };
}

const hashIf = async (wanted: boolean, bundle: Bundle): Promise<string> =>
  wanted ? hashOfModel(bundle) : "";
