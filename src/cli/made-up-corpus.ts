import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { makeRandom, type Random } from "../model/random.js";
import { Doc, type Span } from "../text/doc.js";
import type { Corpora } from "../training/prepare.js";

const WORDS = 4000;
const NAMES = 250;
const ENTITIES_A_NAME = 4;
const MENTIONS_A_DOCUMENT = 8;
const WORDS_A_MENTION = 20;
const DESCRIPTION_WORDS = 15;

/**
 * A knowledge base of 1,000 entities, four a name, and documents of eight mentions about them, of words that no language
 * has. It is there to be counted and timed, not to be learned from.
 */
export function madeUpCorpus({
  documents,
  seed,
}: {
  readonly documents: number;
  readonly seed: number;
}): Corpora {
  const random = makeRandom(seed, "made-up corpus");
  const kb = new InMemoryLookupKB({ entityVectorLength: 64 });
  for (let name = 0; name < NAMES; name++) {
    const entities = Array.from({ length: ENTITIES_A_NAME }, (_, i) => `Q${name * ENTITIES_A_NAME + i}`);
    for (const id of entities) {
      kb.addEntity(id, { name: nameOf(name), description: someWords(DESCRIPTION_WORDS, random), freq: 1 });
    }
    kb.addAlias(nameOf(name), entities, [0.4, 0.3, 0.2, 0.1]);
  }
  const docs = Array.from({ length: documents }, () => someDocument(random));
  return { kb, train: docs.slice(1), dev: docs.slice(0, 1) };
}

function someDocument(random: Random): Doc {
  let text = "";
  const ents: Span[] = [];
  for (let i = 0; i < MENTIONS_A_DOCUMENT; i++) {
    text += `${someWords(WORDS_A_MENTION, random)} `;
    const name = Math.floor(NAMES * random.next());
    const kbId = `Q${name * ENTITIES_A_NAME + Math.floor(ENTITIES_A_NAME * random.next())}`;
    ents.push({ start: text.length, end: text.length + nameOf(name).length, label: "GPE", kbId });
    text += `${nameOf(name)}. `;
  }
  return new Doc(text, { ents });
}

/** The rarer, the later in the list, about as Zipf has it. */
function someWords(count: number, random: Random): string {
  return Array.from({ length: count }, () => wordOf(Math.floor(WORDS ** random.next()))).join(" ");
}

const SYLLABLES = ["ba", "do", "fi", "ku", "le", "mo", "na", "pi", "ro", "su", "ta", "ve"] as const;

/** A word of as many syllables as its number needs. */
function wordOf(number: number): string {
  const syllable = SYLLABLES[number % SYLLABLES.length] as string;
  const rest = Math.floor(number / SYLLABLES.length);
  return rest === 0 ? syllable : wordOf(rest) + syllable;
}

function nameOf(number: number): string {
  const word = wordOf(WORDS + number);
  return word.charAt(0).toUpperCase() + word.slice(1);
}
