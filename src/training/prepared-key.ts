import { createHash, type Hash } from "node:crypto";
import type { Config } from "../linker/config.js";
import type { TransferSource } from "../model/transfer.js";
import type { Doc } from "../text/doc.js";
import { VERSION } from "../version.js";
import type { Corpora } from "./prepare.js";

/** Settings that features do not depend on: trying others of them needs no new ones. */
const IRRELEVANT: Partial<Record<keyof Config, readonly string[]>> = {
  linker: ["overwrite", "candidates_batch_size", "threshold"] satisfies (keyof Config["linker"])[],
  model: [
    "context_width",
    "embedding_width",
    "hidden_width",
    "description_tokens",
    "interactions",
    "skip",
    "label_types",
  ] satisfies (keyof Config["model"])[],
};

/**
 * A hash of all that `prepare` reads; undefined where functions find the candidates, which may answer otherwise under
 * the same name. What a config may say is in it unless it is named here, so that a new setting is not forgotten.
 */
export async function preparedKey(config: Config, corpora: Corpora): Promise<string | undefined> {
  if (corpora.find) return undefined;
  const { kb, train, dev, init, mentionFilter } = corpora;
  const { leave_one_out, varied_priors, seed } = config.training;
  const hash = createHash("sha256");
  addJson(hash, [
    VERSION,
    ...(["linker", "candidates", "mentions", "model"] as const).map(relevantOf(config)),
  ]);
  addJson(hash, [leave_one_out, varied_priors, varied_priors > 0 && seed]);
  hash.update(kb.hash ?? (await kb.toBytes()));
  if (mentionFilter) hash.update(mentionFilter.toBytes());
  if (init) addInit(hash, init);
  for (const docs of [train, dev]) {
    addJson(hash, docs.length);
    for (const doc of docs) addDoc(hash, doc);
  }
  return hash.digest("hex");
}

/** What of a section features depend on. */
function relevantOf(config: Config): (section: keyof Config) => unknown {
  return (section) => {
    const irrelevant = IRRELEVANT[section] ?? [];
    return Object.entries(config[section]).filter(([name]) => !irrelevant.includes(name));
  };
}

function addInit(hash: Hash, { options, vocabulary, labels, types, scaling }: TransferSource): void {
  addJson(hash, [options, labels, types]);
  hash.update(vocabulary.toText()).update(scaling.mean).update(scaling.scale);
}

function addDoc(hash: Hash, { text, ents, sents, hasGivenSents }: Doc): void {
  const spans = ents.map(({ start, end, label, kbId }) => [start, end, label, kbId]);
  addJson(hash, [text, spans, hasGivenSents && sents]);
}

function addJson(hash: Hash, value: unknown): void {
  hash.update(`${JSON.stringify(value)}\n`);
}
