import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { linkwrightError } from "../errors.js";
import { checkOptions } from "../known-options.js";
import { checkNumbers } from "../number-options.js";
import { type EncodedPair, padPairs, truncatePair } from "./pair-encoding.js";
import { candidateText, type Pair, type PairScorer } from "./pair-scorer.js";
import { requirePeers } from "./peer-package.js";

export interface CrossEncoderOptions {
  /**
   * A folder as Hugging Face has them (config.json, tokenizer.json, tokenizer_config.json, onnx/model.onnx), or the id of
   * a model that is downloaded when it is first used, such as "Xenova/ms-marco-MiniLM-L-6-v2".
   */
  readonly model: string;
  /** Logits below it are no link. @default -5 */
  readonly threshold?: number | undefined;
  /** Tokens of context and candidate together, the longer one is cut. @default 512 */
  readonly maxLength?: number | undefined;
  /** Pairs that are scored at once. @default 16 */
  readonly batchSize?: number | undefined;
  /** Which of the model's files: "fp32" is onnx/model.onnx, "q8" onnx/model_quantized.onnx. @default "fp32" */
  readonly dtype?: "fp32" | "fp16" | "q8" | undefined;
}

/**
 * A passage about the right thing that does not answer the question is at about -4 on MS MARCO's scale, one about
 * something else at about -11.
 */
export const CROSS_ENCODER_DEFAULTS = {
  threshold: -5,
  maxLength: 512,
  batchSize: 16,
  dtype: "fp32",
} as const;

/** Two texts with the special tokens around them need this many. */
const LEAST_TOKENS = 5;
const RANGES = {
  threshold: {},
  maxLength: { least: LEAST_TOKENS, isWhole: true },
  batchSize: { least: 1, isWhole: true },
};
const DTYPES: readonly unknown[] = [undefined, "fp32", "fp16", "q8"];

const PEERS = {
  scorer: "crossEncoder()",
  packages: ["@huggingface/transformers"],
  howToGet:
    "npm install @huggingface/transformers (ONNXRUNTIME_NODE_INSTALL_CUDA=skip before it leaves out CUDA)",
};

type Settings = { readonly [Key in keyof CrossEncoderOptions]-?: NonNullable<CrossEncoderOptions[Key]> };

/** What is used of @huggingface/transformers. */
interface Transformers {
  readonly AutoTokenizer: { from_pretrained(model: string): Promise<Tokenizer> };
  readonly AutoModelForSequenceClassification: {
    from_pretrained(model: string, options: object): Promise<Model>;
  };
  readonly Tensor: new (type: "int64", data: BigInt64Array, dims: readonly number[]) => unknown;
}
interface Tokenizer {
  readonly pad_token_id?: number;
  (text: string, options: object): { readonly input_ids: number[]; readonly token_type_ids?: number[] };
}
type Model = (inputs: Record<string, unknown>) => Promise<{
  readonly logits: { readonly data: Float32Array; readonly dims: readonly number[] };
}>;

/** A model that reads context and "title: text" together; it runs on ONNX. */
interface Loaded extends Transformers {
  readonly tokenizer: Tokenizer;
  readonly model: Model;
}

/**
 * A cross-encoder of one output, such as those trained on MS MARCO, as it is: the context is the query, "title: text" the
 * passage, the score the raw logit. It needs the optional package @huggingface/transformers.
 * @throws L510 options out of range, L821 the package is not installed; `score` throws L826 when the model can't be loaded or is of another kind
 */
export function crossEncoder(options: CrossEncoderOptions): PairScorer {
  checkOptions("crossEncoder()", options, ["model", ...Object.keys(CROSS_ENCODER_DEFAULTS)]);
  checkValues(options);
  requirePeers(PEERS);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const settings: Settings = {
    ...CROSS_ENCODER_DEFAULTS,
    model: options.model,
    ...Object.fromEntries(given),
  };
  const { model, threshold, maxLength, batchSize, dtype } = settings;
  let loading: Promise<Loaded> | undefined;
  return {
    name: "cross-encoder",
    scale: "logit",
    threshold,
    score: async (pairs, { signal } = {}) => {
      loading ??= load(model, dtype);
      const loaded = await loading.catch((cause: Error) => {
        loading = undefined; // the next call may find the network back
        throw failure(model, cause);
      });
      const encoded = pairs.map((pair) => encode(pair, loaded.tokenizer, maxLength));
      const order = [...encoded.keys()].sort((a, b) => lengthOf(encoded, a) - lengthOf(encoded, b));
      const scores = new Float32Array(pairs.length);
      for (let from = 0; from < order.length; from += batchSize) {
        signal?.throwIfAborted();
        const rows = order.slice(from, from + batchSize);
        const logits = await run(
          rows.map((row) => encoded[row] as EncodedPair),
          loaded,
        ).catch((cause: Error) => {
          throw failure(model, cause);
        });
        rows.forEach((row, i) => {
          scores[row] = logits[i] as number;
        });
      }
      return scores;
    },
  };
}

/** @throws L510 */
function checkValues({ model, dtype, ...numbers }: CrossEncoderOptions): void {
  const refuse = (key: string, value: unknown, expected: string): never => {
    const found = JSON.stringify(value) ?? "nothing";
    throw linkwrightError("L510", { where: "crossEncoder()", key, found, expected });
  };
  if (typeof model !== "string" || model === "") refuse("model", model, "a folder, or an id on Hugging Face");
  if (!DTYPES.includes(dtype)) refuse("dtype", dtype, '"fp32", "fp16" or "q8"');
  checkNumbers("crossEncoder()", numbers, RANGES);
}

const lengthOf = (pairs: readonly EncodedPair[], i: number): number => pairs[i]?.ids.length ?? 0;

function failure(model: string, cause: Error): Error {
  return linkwrightError("L826", { scorer: `The cross-encoder ${model}`, why: cause.message }, cause);
}

async function load(model: string, dtype: string): Promise<Loaded> {
  const name: string = PEERS.packages[0] as string; // a name that the compiler does not look up
  const transformers = (await import(name)) as Transformers;
  const place = existsSync(model) ? resolve(model) : model;
  return {
    AutoTokenizer: transformers.AutoTokenizer,
    AutoModelForSequenceClassification: transformers.AutoModelForSequenceClassification,
    Tensor: transformers.Tensor,
    tokenizer: await transformers.AutoTokenizer.from_pretrained(place),
    model: await transformers.AutoModelForSequenceClassification.from_pretrained(place, {
      dtype,
      device: "cpu",
    }),
  };
}

function encode(pair: Pair, tokenizer: Tokenizer, maxLength: number): EncodedPair {
  const plain = { return_tensor: false, truncation: false, padding: false };
  const alone = (text: string): number[] =>
    tokenizer(text, { ...plain, add_special_tokens: false }).input_ids;
  const text = candidateText(pair);
  const { input_ids: ids, token_type_ids: typeIds } = tokenizer(pair.context, { ...plain, text_pair: text });
  if (ids.length <= maxLength) return { ids, typeIds };
  return truncatePair({ pair: { ids, typeIds }, first: alone(pair.context), second: alone(text) }, maxLength);
}

/** One logit a pair. */
async function run(
  pairs: readonly EncodedPair[],
  { tokenizer, model, Tensor }: Loaded,
): Promise<Float32Array> {
  const { rows, width, ids, mask, typeIds } = padPairs(pairs, tokenizer.pad_token_id ?? 0);
  const tensor = (data: BigInt64Array): unknown => new Tensor("int64", data, [rows, width]);
  const { logits } = await model({
    input_ids: tensor(ids),
    attention_mask: tensor(mask),
    ...(typeIds && { token_type_ids: tensor(typeIds) }),
  });
  if (logits.data.length !== rows)
    throw new Error(`it has ${logits.dims.at(-1)} outputs; a cross-encoder of one output is needed`);
  return logits.data;
}
