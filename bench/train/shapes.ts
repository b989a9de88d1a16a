/** `node shapes.js JOB`: the sizes of a training that `train.js` did, from the features it kept; prints a line of JSON. */
import { join } from "node:path";
import { readCorpora } from "../../src/training/corpus.js";
import { trainableMentions } from "../../src/training/loop.js";
import { prepareCached } from "../../src/training/prepared-cache.js";
import { configOf } from "../corpora/corpora.js";
import type { TrainJob } from "./train.js";

/** What a step of training works on; lengths are means over training mentions and their candidates. */
export interface StepShapes {
  readonly batchSize: number;
  readonly candidates: number;
  readonly contextWords: number;
  readonly documentWords: number;
  readonly descriptionWords: number;
  readonly features: number;
  readonly embeddings: number;
  readonly embeddingWidth: number;
  readonly contextWidth: number;
  readonly descriptionWidth: number;
  readonly typeWidth: number;
  readonly hiddenWidth: number;
  /** Shares left out. */
  readonly dropout: number;
  readonly wordDropout: number;
}

const { corpus, work } = JSON.parse(process.argv[2] ?? "") as TrainJob;
const config = configOf(corpus, { "paths.kb": join(work, "kb"), "training.cache": join(work, "cache") });
const { kb, train, model, vocabulary } = await prepareCached(config, await readCorpora(config));
const { table } = train;
const mentions = trainableMentions(train, model);
const rowsOf = (mention: number): number =>
  (table.rowStart[mention + 1] as number) - (table.rowStart[mention] as number);
const contextWidth = 2 * model.contextTokens;
const { terms } = kb;

const shapes: StepShapes = {
  batchSize: config.training.batch_size,
  candidates: meanOf(mentions, rowsOf),
  contextWords: meanOf(mentions, (mention) => filled(table.context, mention, contextWidth)),
  documentWords: meanOf(mentions, (mention) =>
    filled(table.documentRows, table.documents[mention] as number, model.documentTokens),
  ),
  descriptionWords: meanOf(table.entities, (entity) =>
    Math.min(
      model.descriptionTokens,
      (terms.offsets[entity + 1] as number) - (terms.offsets[entity] as number),
    ),
  ),
  features: table.featureWidth,
  embeddings: vocabulary.rows,
  embeddingWidth: model.embeddingWidth,
  contextWidth: model.contextWidth,
  descriptionWidth: model.entityVectorLength,
  typeWidth: model.typeWidth,
  hiddenWidth: model.hiddenWidth,
  dropout: config.training.dropout,
  wordDropout: config.training.word_dropout,
};
process.stdout.write(`${JSON.stringify(shapes)}\n`);

function meanOf(items: Int32Array, numberOf: (item: number) => number): number {
  return items.reduce((sum, item) => sum + numberOf(item), 0) / items.length;
}

/** Words of a row; 0 is padding. */
function filled(rows: Int32Array, row: number, width: number): number {
  return rows.subarray(row * width, (row + 1) * width).filter((word) => word !== 0).length;
}
