import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { linkwrightError } from "../errors.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { Backend } from "../tensor/backend.js";
import type { CandidateFinder } from "./candidates.js";
import { candidateOptions, linkerOptions, mentionOptions } from "./config.js";
import { claimVectors, lacksVectors } from "./entity-vectors.js";
import { Linker, type LinkerParts } from "./linker.js";
import {
  type Model,
  type ModelFilesOptions,
  modelFrom,
  modelToFiles,
  openModel,
  type StoredModel,
} from "./model-files.js";
import type { LinkerOptions } from "./options.js";

export type { Model } from "./model-files.js";

export type WriteOptions = Omit<ModelFilesOptions, "kbHash">;

/** Options that change scores or the mentions that are scored. */
const EVIDENT_OPTIONS = ["inclPrior", "inclContext", "nSents", "labelsDiscard", "useGoldEnts"] as const;

/** A model with the knowledge base that it links to. */
export interface Bundle extends Model {
  readonly kb: InMemoryLookupKB;
  /** How candidates are found, where not by the config's look-ups; it is not written. */
  readonly find?: CandidateFinder | undefined;
}

/**
 * Writes a model folder, with its knowledge base if it has one: complete under a temporary name beside the target, then
 * put in its place.
 * @throws L405 the target is something else, L406 it can't be written
 */
export async function writeBundle(
  bundle: Model | Bundle,
  path: string,
  options: WriteOptions,
): Promise<void> {
  const target = resolve(path);
  await refuseForeign(target);
  let temporary: string | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    temporary = join(dirname(target), `.${basename(target)}-${randomBytes(4).toString("hex")}.tmp`);
    await mkdir(temporary);
    await writeFiles(bundle, temporary, options);
    await replaceFolder(temporary, target);
  } catch (cause) {
    if (temporary) await rm(temporary, { recursive: true, force: true });
    throw linkwrightError("L406", { path, why: (cause as Error).message }, cause);
  }
}

/**
 * Reads a model folder.
 * @throws L402 no model, L403 altered files, L404 another version, and the knowledge base's errors
 */
export async function readBundle(path: string): Promise<Bundle> {
  const stored = await openFolder(path);
  const { meta } = stored;
  const model = await modelFrom(stored);
  if (meta.kb_hash === "") {
    throw linkwrightError("L402", {
      path,
      why: "it has no knowledge base of its own. Give the folder of a knowledge base in its place",
    });
  }
  const kb = await InMemoryLookupKB.fromDisk(join(path, "kb"));
  if (kb.hash !== meta.kb_hash) {
    throw linkwrightError("L402", { path, why: "its kb folder is not the one it was written with" });
  }
  claimVectors(kb, model.learned);
  return { ...model, kb };
}

/** Reads a model folder without its knowledge base. */
export async function readModel(path: string): Promise<Model> {
  return modelFrom(await openFolder(path));
}

/**
 * A linker of a model and its knowledge base.
 * @param changes options that win over the config's
 * @throws L519 the model finds its candidates by functions, or asks for them, and the bundle has no `find`
 */
export function linkerFrom(bundle: Bundle, backend: Backend, changes: Partial<LinkerOptions> = {}): Linker {
  const { config, about, kb, find } = bundle;
  const { get_candidates: one, get_candidates_batch: batch } = config.functions;
  if (!find && (about.mirrors !== undefined || one !== undefined || batch !== undefined)) {
    throw linkwrightError("L519", {
      model: "The model",
      kb: String(about.mirrors ?? "functions of its own"),
    });
  }
  return new Linker({ ...linkerParts(bundle, backend, changes), kb, find });
}

/** What a linker is made of besides a knowledge base. */
export function linkerParts(
  { config, learned, calibration, evidence, mentionFilter }: Model,
  backend: Backend,
  changes: Partial<LinkerOptions> = {},
): Omit<LinkerParts, "kb"> {
  const trained = linkerOptions(config);
  const options = { ...trained, ...changes };
  // What dev said of the model as it was trained does not vouch for another use of it.
  const isSame = EVIDENT_OPTIONS.every((key) => String(options[key]) === String(trained[key]));
  return {
    learned,
    calibration,
    evidence: isSame ? evidence : undefined,
    candidates: candidateOptions(config),
    mentions: mentionOptions(config),
    mentionFilter,
    backend,
    options,
  };
}

/** Throws L405 when the path holds anything but a model (or the beginnings of one). */
export async function refuseForeign(path: string): Promise<void> {
  if (!existsSync(resolve(path))) return;
  const names = await readdir(resolve(path)).catch(() => undefined);
  const isOurs = names && (names.every((name) => name === "training") || (await isModel(path)));
  if (!isOurs) throw linkwrightError("L405", { path });
}

async function isModel(path: string): Promise<boolean> {
  return openFolder(path).then(
    () => true,
    (error: { code?: string }) => error.code === "L404",
  );
}

async function writeFiles(bundle: Model | Bundle, folder: string, options: WriteOptions): Promise<void> {
  const kb = "kb" in bundle ? bundle.kb : undefined;
  // Another model's vectors would be taken for this one's; without any they are encoded when they are needed.
  await kb?.toDisk(join(folder, "kb"), { vectors: !lacksVectors(kb, bundle.learned) });
  const files = modelToFiles(bundle, { ...options, kbHash: kb?.hash ?? "" });
  for (const [name, content] of files) await writeFile(join(folder, name), content);
}

/** Keeps the `training` folder (metrics, checkpoint) of the model that is replaced. */
async function replaceFolder(temporary: string, target: string): Promise<void> {
  if (!existsSync(target)) return rename(temporary, target);
  const old = `${temporary}-old`;
  await rename(target, old); // fails before anything has changed where the target is a mount point
  try {
    await rename(temporary, target);
  } catch (error) {
    await rename(old, target);
    throw error;
  }
  if (existsSync(join(old, "training"))) await rename(join(old, "training"), join(target, "training"));
  await rm(old, { recursive: true, force: true });
}

/** Begins to read a model folder. @throws L402, L403, L404 */
export async function openFolder(path: string): Promise<StoredModel> {
  if (!existsSync(path)) throw linkwrightError("L402", { path, why: "there is no such folder" });
  return openModel((name) => readFile(join(path, name)), path);
}
