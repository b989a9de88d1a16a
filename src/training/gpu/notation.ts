/**
 * What the kernels are written in: WGSL, in which arrays are named as in the model. `hidden[i]` stands for a place of a buffer
 * that many arrays share, and counts such as "rows * HIDDEN" mean the same to the device and to us.
 */

/** Numbers of a batch that change from step to step, by the names that counts have for them. */
export const SIZES = ["mentions", "rows", "entities", "words", "touched", "chunks"] as const;
export type Sizes = Readonly<Record<(typeof SIZES)[number], number>>;

/** What a step is told beside its arrays. */
export const RATES = ["rate", "keep", "longest", "remembered"] as const;
export type Rates = Readonly<Record<(typeof RATES)[number], number>>;

export type Constants = Readonly<Record<string, number>>;

/** A sum of products of numbers, constants and sizes: "PARTS * mentions + entities". */
export type Count = string;

/** What a count is for some sizes. */
export function countOf(count: Count, names: Readonly<Record<string, number>>): number {
  let sum = 0;
  for (const tokens of termsOf(count)) {
    let product = 1;
    for (const token of tokens) {
      const value = names[token] ?? Number(token);
      if (Number.isNaN(value)) throw new RangeError(`${token} in "${count}" is no number, constant or size`);
      product *= value;
    }
    sum += product;
  }
  return sum;
}

/** They are asked for a hundred times a step. */
const known = new Map<Count, readonly (readonly string[])[]>();

function termsOf(count: Count): readonly (readonly string[])[] {
  const terms = known.get(count) ?? count.split(" + ").map((term) => term.split(" * "));
  known.set(count, terms);
  return terms;
}

/** A count as WGSL. */
export function countInWgsl(count: Count): string {
  return count.replace(/[a-z]+/g, (name) => `step.${name}`);
}

/** Replaces `name[` by where the array stands: `buffer[place + `. */
export function placed(code: string, places: ReadonlyMap<string, string>): string {
  return code.replace(/\b([a-z_]+)\[/g, (text, name: string) => {
    const place = places.get(name);
    return place === undefined ? text : `${place} + `;
  });
}
