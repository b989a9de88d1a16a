/** The tiny knowledge base with vectors of its own, for the architecture that compares contexts with them. */
import type { InMemoryLookupKB } from "../src/kb/in-memory-lookup-kb.js";
import { type Config, checkConfig } from "../src/linker/config.js";
import { makeRandom } from "../src/model/random.js";
import { ENTITIES, tinyConfig, tinyKb } from "./fixtures.js";

export const VECTOR_LENGTH = 6;

/** A vector for each of {@link ENTITIES}, in their order. */
export function entityVectors(length = VECTOR_LENGTH): number[][] {
  const random = makeRandom("entity vectors");
  return ENTITIES.map(() => Array.from({ length }, () => Math.fround(random.normal())));
}

export function vectorKb(length = VECTOR_LENGTH): InMemoryLookupKB {
  const kb = tinyKb(length);
  kb.setVectors(Float32Array.from(entityVectors(length).flat()));
  return kb;
}

/** The tiny config with the cosine architecture; `changes` replace keys, not whole sections. */
export function cosineConfig(
  changes: Parameters<typeof tinyConfig>[0] & { readonly decide?: Partial<Config["decide"]> } = {},
): Config {
  const model = { architecture: "cosine", ...changes.model } as const;
  const { decide, ...config } = tinyConfig({ ...changes, model });
  return checkConfig({ ...config, decide: { ...decide, ...changes.decide } }, "cosine");
}
