import { existsSync } from "node:fs";
import { linkwrightError } from "../errors.js";
import { readDocs } from "../formats/doc-jsonl.js";
import type { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import type { KnowledgeBase } from "../kb/knowledge-base.js";
import { readBaseModel } from "../linker/base-model.js";
import { type Model, readModel } from "../linker/bundle.js";
import { type Config, modelOptions } from "../linker/config.js";
import { checkVectors } from "../linker/entity-vectors.js";
import { type AskOptions, CandidateService } from "../plugins/candidate-service.js";
import { functionsOf, resolveFunctions, type TrainingFunctions } from "../plugins/functions.js";
import { loadKb } from "../plugins/load-kb.js";
import { annotatedIds, type Doc } from "../text/doc.js";
import type { Corpora } from "./prepare.js";

export interface CorporaOptions extends Pick<AskOptions, "onAsked" | "signal"> {
  /** Functions by value, in place of those that the config names. */
  readonly functions?: TrainingFunctions | undefined;
}

/** The knowledge base, documents and starting model that a config names. */
export async function readCorpora(config: Config, options: CorporaOptions = {}): Promise<Corpora> {
  const { paths, training } = config;
  const init = (await readInit(training.init))?.learned;
  const [train, dev] = [await loadDocs(paths.train, "paths.train"), await loadDocs(paths.dev, "paths.dev")];
  const found = await findingFor(config, [...train, ...dev], options);
  checkVectors(found.kb, modelOptions(config));
  await checkAnnotation(train, found.kb, paths.train);
  await checkAnnotation(dev, found.kb, paths.dev);
  return { ...found, train, dev, init };
}

/**
 * The knowledge base that a config names and how candidates of some documents are found in it; one that has to be asked
 * is asked about all of them.
 */
export async function findingFor(
  config: Config,
  docs: readonly Doc[],
  { functions: own, ...options }: CorporaOptions,
): Promise<Pick<Corpora, "kb" | "find" | "mirrors">> {
  const functions = resolveFunctions(functionsOf(config, own));
  const kb = await loadKb(config, functions);
  const service = CandidateService.of(kb, functions, config);
  if (!service) return { kb: kb as InMemoryLookupKB };
  const isByNames = !config.linker.use_gold_ents && config.mentions.detector === "gazetteer";
  if (!service.isInMemory && isByNames) {
    throw linkwrightError("L518", { kb: kb.constructor.name });
  }
  const found = await service.find(docs, { ...options, annotated: true });
  return { ...found, mirrors: service.isInMemory ? undefined : kb.constructor.name };
}

/** The model that `training.init` names: none for "random", the one that ships for "base", else a model folder's. */
export async function readInit(init: string): Promise<Model | undefined> {
  if (init === "random") return undefined;
  if (init === "base") return readBaseModel();
  return readModel(init).catch((cause: Error) => {
    throw linkwrightError("L513", { init, why: cause.message }, cause);
  });
}

/**
 * Reads a corpus whole.
 * @param key the config key that names it, if one does
 */
export async function loadDocs(path: string, key?: string): Promise<Doc[]> {
  if (key && !existsSync(path)) throw linkwrightError("L504", { key, path });
  const docs: Doc[] = [];
  for await (const doc of readDocs(path)) docs.push(doc);
  return docs;
}

/**
 * Makes sure that a corpus can train or test on a knowledge base.
 * @throws L505 without any annotated mention, L506 when none of the annotated ids is in the knowledge base
 */
export async function checkAnnotation(
  docs: readonly Doc[],
  kb: Pick<KnowledgeBase, "containsEntity">,
  path: string,
): Promise<void> {
  if (!docs.some(({ ents }) => ents.some(({ kbId }) => kbId !== ""))) throw linkwrightError("L505", { path });
  const ids = annotatedIds(docs);
  for (const id of ids) if (await kb.containsEntity(id)) return;
  if (ids.length > 0) throw linkwrightError("L506", { path, example: ids[0] as string });
}
