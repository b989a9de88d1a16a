/** Means of one batch; d is the embedding width. */
export interface Pooled {
  /** All context, near left, near right, document. [B x 4d] */
  readonly context: Float32Array;
  /** Near context of both sides. [B x d] */
  readonly near: Float32Array;
  /** Name and description of each entity. [U x d] */
  readonly descriptions: Float32Array;
}
