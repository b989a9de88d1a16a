/** A component of small widths on the tiny knowledge base, and the documents that it learns by heart. */
import { EntityLinker } from "../../src/component/entity-linker.js";
import type { EntityLinkerSettings } from "../../src/component/settings.js";
import type { Backend } from "../../src/tensor/backend.js";
import type { Doc, Example } from "../../src/text/doc.js";
import { tinyDocs, tinyKb } from "../fixtures.js";

export const SMALL = {
  nSents: 1,
  entityVectorLength: 6,
  model: {
    contextWidth: 8,
    typeWidth: 6,
    embeddingWidth: 5,
    hiddenWidth: 7,
    vocabularySize: 60,
    hashBuckets: 16,
    contextTokens: 6,
    documentTokens: 8,
    descriptionTokens: 6,
  },
  training: { learningRate: 0.03, backend: "wasm" },
} as const satisfies EntityLinkerSettings;

export const blank = (doc: Doc): Doc => doc.withEnts(doc.ents.map((span) => ({ ...span, kbId: "" })));
export const idsOf = (doc: Doc): string[] => doc.ents.map(({ kbId }) => kbId);
export const toExamples = (docs: readonly Doc[]): Example[] =>
  docs.map((doc) => ({ reference: doc, predicted: blank(doc) }));
export const tinyExamples = (): Example[] => toExamples(tinyDocs().train);

/** A component that has begun, and learned nothing yet. */
export async function begun(backend: Backend, changes: EntityLinkerSettings = {}): Promise<EntityLinker> {
  const nel = new EntityLinker({ ...SMALL, backend, ...changes });
  await nel.initialize(tinyExamples, { kbLoader: () => tinyKb() });
  return nel;
}

/** A component that knows its examples by heart. */
export async function trained(
  backend: Backend,
  changes: EntityLinkerSettings = {},
  steps = 50,
): Promise<EntityLinker> {
  const nel = await begun(backend, changes);
  const sgd = nel.createOptimizer();
  const examples = tinyExamples();
  for (let step = 0; step < steps; step++) nel.update(examples, { sgd });
  return nel;
}
