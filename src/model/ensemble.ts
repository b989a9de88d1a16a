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
    const { logits, areLogits, width, contextCosine } = first;
    if (areLogits) toLogProbabilities(logits, width);
    for (const other of others) {
      if (areLogits) toLogProbabilities(other.logits, width);
      add(logits, other.logits);
      add(contextCosine, other.contextCosine);
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

/** Rows of logits, in place: minus the logarithm of the sum of their exponentials. */
function toLogProbabilities(logits: Float32Array, width: number): void {
  for (let from = 0; from < logits.length; from += width) {
    let top = Number.NEGATIVE_INFINITY;
    for (let i = from; i < from + width; i++) top = Math.max(top, logits[i] as number);
    let sum = 0;
    for (let i = from; i < from + width; i++) sum += Math.exp((logits[i] as number) - top);
    const shift = top + Math.log(sum);
    for (let i = from; i < from + width; i++) logits[i] = (logits[i] as number) - shift;
  }
}

function add(sums: Float32Array, values: Float32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i] = (sums[i] as number) + (values[i] as number);
}
