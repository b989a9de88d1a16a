import type { Random } from "../../src/model/random.js";

const ONSETS = "b b c ch d d f g gr h j k k l l m m n n p qu r r s s sh st t t tr v w y z".split(" ");
const NUCLEI = [..."aaaaeeeeeiiiooouuu", "ai", "ea", "ia", "ou", "é"];
const CODAS = ["", "", "", "", "", "", "", "l", "m", "n", "n", "r", "r", "s", "t", "ck", "nd"];

/** Different made-up words of `least` to `most` syllables, the shorter ones first, as in languages. */
export function makeWords(
  count: number,
  random: Random,
  { least = 1, most = 3 }: { readonly least?: number; readonly most?: number } = {},
): string[] {
  const words = new Set<string>();
  while (words.size < count) {
    const share = words.size / count;
    const syllables =
      least + Math.floor((most - least + 1) * Math.min(0.999, share * 0.7 + random.next() * 0.5));
    words.add(Array.from({ length: syllables }, () => syllable(random)).join(""));
  }
  return [...words];
}

function syllable(random: Random): string {
  return pick(ONSETS, random) + pick(NUCLEI, random) + pick(CODAS, random);
}

/** One of `items`, all equally likely. */
export function pick<T>(items: ArrayLike<T>, random: Random): T {
  return items[Math.floor(random.next() * items.length)] as T;
}

/** One of `items`, the k-th about 1 / k as likely as the first (Zipf). */
export function pickZipf<T>(items: readonly T[], random: Random): T {
  return items[Math.floor((items.length + 1) ** random.next()) - 1] as T;
}

export function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
