import type { Gradients } from "../model/gradients.js";
import { address, type Kernels } from "../tensor/vectors/kernels.js";
import { memoryOf } from "../tensor/vectors/vector-memory.js";
import { cloneWeights, type Weights } from "../tensor/weights.js";

/** Adam's own numbers, by the names of its paper (Kingma & Ba 2015). */
export const ADAM = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } as const;

export interface StepOptions {
  readonly learningRate: number;
  /** Decoupled: each step a weight loses learningRate x weightDecay of itself. */
  readonly weightDecay: number;
  /** Longest gradient over all weights together; longer ones are shortened. */
  readonly clipNorm: number;
}

/**
 * Adam with decoupled weight decay (Loshchilov & Hutter 2019) in the weights' memory, the same on every backend.
 * Rows of sparse weights move only when a batch touched them ("lazy" Adam).
 */
export class Adam {
  /** First and second moments by weight: `m/name`, `v/name`. */
  readonly moments: Weights = new Map();
  /** Running means of the weights, where they were asked for. */
  readonly averages: Weights | undefined;
  private readonly states = new Map<string, AdamState>();
  private readonly kernels: Kernels;
  private step = 0;

  constructor(
    private readonly weights: Weights,
    { averages = false }: { readonly averages?: boolean } = {},
  ) {
    const memory = memoryOf(weights);
    this.kernels = memory.kernels;
    if (averages) this.averages = cloneWeights(weights);
    for (const [name, { shape, values }] of weights) {
      const [m, v] = [memory.floats(values.length), memory.floats(values.length)];
      this.moments.set(`m/${name}`, { shape, values: m });
      this.moments.set(`v/${name}`, { shape, values: v });
      this.states.set(name, { values, m, v });
    }
  }

  get steps(): number {
    return this.step;
  }

  /** Goes on where a checkpoint left off. */
  restore(moments: Weights, steps: number, averages: Weights = new Map()): void {
    for (const [name, { values }] of moments) this.moments.get(name)?.values.set(values);
    for (const [name, { values }] of averages) this.averages?.get(name)?.values.set(values);
    this.step = steps;
  }

  apply(gradients: Gradients, options: StepOptions): void {
    this.step++;
    const shorten = Math.min(1, options.clipNorm / (this.norm(gradients) + ADAM.epsilon));
    const rates = { ...ratesOf(options, this.step), shorten };
    for (const [name, gradient] of gradients.dense) {
      this.update(this.states.get(name) as AdamState, gradient, 0, gradient.length, rates);
    }
    for (const [name, { values, touched, width }] of gradients.sparse) {
      const state = this.states.get(name) as AdamState;
      for (const row of touched) this.update(state, values, row * width, width, rates);
    }
    if (this.averages) updateAverages(this.averages, this.weights, this.step);
  }

  /** Moves `count` numbers of a weight, from `from` on. */
  private update(
    { values, m, v }: AdamState,
    gradient: Float32Array,
    from: number,
    count: number,
    { rate, keep, shorten }: StepRates & { readonly shorten: number },
  ): void {
    this.kernels.adam(
      address(values, from),
      address(m, from),
      address(v, from),
      address(gradient, from),
      count,
      ADAM.beta1,
      (1 - ADAM.beta1) * shorten,
      ADAM.beta2,
      (1 - ADAM.beta2) * shorten * shorten,
      keep,
      rate,
      ADAM.epsilon,
    );
  }

  /** Length of all gradients as one vector. */
  private norm({ dense, sparse }: Gradients): number {
    let sum = 0;
    for (const gradient of dense.values()) sum += this.kernels.squares(address(gradient), gradient.length);
    for (const { values, touched, width } of sparse.values()) {
      for (const row of touched) sum += this.kernels.squares(address(values, row * width), width);
    }
    return Math.sqrt(sum);
  }
}

/** A weight's values and moments. */
interface AdamState {
  readonly values: Float32Array;
  readonly m: Float32Array;
  readonly v: Float32Array;
}

/** How far a step goes, whatever its gradients are. */
export interface StepRates {
  /** The learning rate, corrected for moments that begin at 0. */
  readonly rate: number;
  /** What is left of a weight before its step. */
  readonly keep: number;
}

/** @param step the one that is taken, from 1 on */
export function ratesOf({ learningRate, weightDecay }: StepOptions, step: number): StepRates {
  return {
    rate: (learningRate * Math.sqrt(1 - ADAM.beta2 ** step)) / (1 - ADAM.beta1 ** step),
    keep: 1 - learningRate * weightDecay,
  };
}

/**
 * What the averages keep of themselves at a step; the rest is of the weights. It is thinc's running mean, which forgets
 * slowly later on; it starts from the weights, where thinc's starts from 0.
 * @param step the one that was taken, from 1 on
 */
export function keptOfAverages(step: number): number {
  return Math.min((1 + step) / (10 + step), 0.9999);
}

function updateAverages(averages: Weights, weights: Weights, step: number): void {
  const keep = keptOfAverages(step);
  for (const [name, { values }] of averages) {
    const current = weights.get(name)?.values as Float32Array;
    for (let i = 0; i < values.length; i++) {
      values[i] = keep * (values[i] as number) + (1 - keep) * (current[i] as number);
    }
  }
}

/** Cosine decay from the full rate to a tenth of it. */
export function cosineRate(rate: number, step: number, steps: number): number {
  return rate * (0.1 + 0.45 * (1 + Math.cos((Math.PI * Math.min(step, steps)) / Math.max(1, steps))));
}
