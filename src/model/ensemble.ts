import { addTo } from "../tensor/matrix.js";
import { logSumExp } from "./cross-entropy.js";
import type { MentionTable } from "./mention-table.js";
import type { ModelScores, TrainableModel } from "./trainable-model.js";

/** Models of one knowledge base, trained from different seeds, that score together; most often there is one. */
export class Ensemble {
  constructor(private readonly members: readonly TrainableModel[]) {}

  /** Several members' log-probabilities are averaged, or their scores where these are no logits, and their cosines. */
  score(table: MentionTable, mentions: Int32Array): ModelScores {
    const [first, ...others] = this.members.map((member) => member.score(table, mentions));
    if (!first) throw new RangeError("an ensemble has at least one member");
    if (others.length === 0) return first;
    const { logits, areLogits, starts, contextCosine } = first;
    if (areLogits) toLogProbabilities(logits, starts);
    for (const other of others) {
      if (areLogits) toLogProbabilities(other.logits, starts);
      addTo(logits, other.logits);
      addTo(contextCosine, other.contextCosine);
    }
    for (const sums of [logits, contextCosine]) {
      for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) / this.members.length;
    }
    return first;
  }

  /** Description vectors of all entities; each entity's are side by side. [entities x members x entityVectorLength] */
  encodeEntities(): Float32Array {
    const each = this.members.map((member) => member.encodeEntities());
    const [first = new Float32Array(0)] = each;
    if (each.length === 1) return first;
    const width = this.members[0]?.options.entityVectorLength ?? 1;
    const joined = new Float32Array(first.length * each.length);
    for (let entity = 0; entity * width < first.length; entity++) {
      each.forEach((vectors, m) => {
        const own = vectors.subarray(entity * width, (entity + 1) * width);
        joined.set(own, (entity * each.length + m) * width);
      });
    }
    return joined;
  }
}

/** Each mention's logits, in place: minus the logarithm of the sum of their exponentials. */
function toLogProbabilities(logits: Float32Array, starts: Int32Array): void {
  for (let b = 0; b + 1 < starts.length; b++) {
    const [from, to] = [starts[b] as number, starts[b + 1] as number];
    const shift = logSumExp(logits, from, to);
    for (let i = from; i < to; i++) logits[i] = (logits[i] as number) - shift;
  }
}
