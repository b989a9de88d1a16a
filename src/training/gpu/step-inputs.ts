import { groupBy } from "../../kb/csr.js";
import { classifierInputs } from "../../model/classifier-inputs.js";
import { type MiniBatch, makeMiniBatch } from "../../model/mini-batch.js";
import type { NelModel } from "../../model/nel-model.js";
import { wordRoom, writeBatchWords } from "../../model/pooling/batch-words.js";
import { inPass } from "../../tensor/pass-memory.js";
import type { TrainingBatch } from "../stepper.js";
import type { Sizes } from "./notation.js";
import { Occurrences } from "./occurrences.js";
import { Staging } from "./staging.js";

/** The arrays that a step reads, by the names that kernels have for them. */
export const INT_INPUTS = [
  "word_rows",
  "distances",
  "starts",
  "row_mention",
  "row_entity",
  "entity_starts",
  "entity_rows",
  "types",
  "row_label_types",
  "labels",
  "gold",
  "touched_rows",
  "row_chunks",
  "chunk_starts",
  "occurrences",
] as const;
export const FLOAT_INPUTS = ["priors", "features", "best_features", "context_mask", "hidden_mask"] as const;

/** A batch's numbers that depend on no weight. What is random is drawn here, as on every backend: all learn from the same. */
export class StepInputs {
  readonly ints = Staging.ofInts();
  readonly floats = Staging.ofFloats();
  private readonly occurrences: Occurrences;

  constructor(private readonly model: NelModel) {
    this.occurrences = new Occurrences(model.weights.get("salience")?.values.length as number);
  }

  /** Replaces the numbers of the batch before. */
  write(given: TrainingBatch): Sizes {
    this.ints.clear();
    this.floats.clear();
    return inPass(() => {
      const batch = makeMiniBatch(given.table, given.mentions);
      const words = this.writeWords(batch, given);
      this.writeRows(batch, given);
      const { touched, chunks } = this.occurrences.write(words, this.ints);
      return {
        mentions: batch.mentions.length,
        rows: batch.rows.length,
        entities: batch.entities.length,
        words: words.length,
        touched,
        chunks,
      };
    });
  }

  /** Returns the embedding rows of all words: contexts, documents, then descriptions. */
  private writeWords(batch: MiniBatch, { dropout, table }: TrainingBatch): Int32Array {
    const { options, descriptionRows } = this.model;
    const room = wordRoom(batch, options);
    const documents = room.contexts + room.documents;
    const words = this.ints.take("word_rows", documents + room.descriptions);
    const parts = {
      contexts: words.subarray(0, room.contexts),
      documents: words.subarray(room.contexts, documents),
      descriptions: words.subarray(documents),
    };
    writeBatchWords(batch, options, descriptionRows, dropout, parts);
    const width = 2 * options.contextTokens;
    const distances = this.ints.take("distances", room.contexts);
    batch.mentions.forEach((mention, b) => {
      const at = mention * width;
      for (let i = 0; i < width; i++) distances[b * width + i] = table.sentenceDistance[at + i] as number;
    });
    return words;
  }

  private writeRows(batch: MiniBatch, { dropout, gold }: TrainingBatch): void {
    const { ints, floats } = this;
    const { typeCodes, options } = this.model;
    const { types, labelTypes, labels, priors, features, bestFeatures, contextMask, hiddenMask } =
      classifierInputs(batch, options, typeCodes, dropout);
    ints.put("starts", batch.starts);
    ints.put("row_mention", batch.rowMention);
    ints.put("row_entity", batch.rowEntity);
    ints.put("types", types);
    ints.put("row_label_types", labelTypes);
    ints.put("labels", labels);
    ints.put("gold", gold);
    const byEntity = groupBy(batch.rowEntity, batch.entities.length);
    ints.put("entity_starts", byEntity.offsets);
    ints.put("entity_rows", byEntity.values);
    floats.put("priors", priors);
    floats.put("features", features.values);
    floats.put("best_features", bestFeatures.values);
    floats.put("context_mask", contextMask as Float32Array);
    floats.put("hidden_mask", hiddenMask as Float32Array);
  }
}
