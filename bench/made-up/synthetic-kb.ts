import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { makeRandom, type Random } from "../../src/model/random.js";
import { capital, makeWords, pick, pickZipf } from "./words.js";
import { writeLines } from "./write-lines.js";

/** What names and descriptions are made of. */
interface Lexicon {
  readonly given: readonly string[];
  readonly surnames: readonly string[];
  readonly places: readonly string[];
  readonly words: readonly string[];
}

interface Named {
  readonly name: string;
  readonly type: string;
  /** Other names. */
  readonly aliases: readonly string[];
}

interface AliasList {
  readonly entities: number[];
  readonly counts: number[];
}

const PLACE_PREFIXES = ["North", "South", "New", "Old", "Upper", "Lower", "Mount", "Lake", "Saint", "Port"];
const INSTITUTIONS = ["Institute", "Society", "Company", "Museum", "University", "Press", "Union", "Council"];

/**
 * Writes entities.jsonl and aliases.jsonl of so many made-up people, places and organisations: surnames and place names
 * that many share, initials and abbreviations, frequencies and words after Zipf. 1.3 to 1.4 aliases an entity, the
 * entities' own names among them. The same seed and size give the same files.
 */
export async function writeSyntheticSource(dir: string, entities: number, seed = 1): Promise<void> {
  await mkdir(dir, { recursive: true });
  const random = makeRandom("synthetic-kb", seed);
  const lexicon = makeLexicon(entities, random);
  const aliases = new Map<string, AliasList>();
  await writeLines(join(dir, "entities.jsonl"), entityLines(entities, lexicon, random, aliases));
  await writeLines(join(dir, "aliases.jsonl"), aliasLines(aliases));
}

/** Vocabularies grow with the root of the knowledge base, as in texts. */
function makeLexicon(entities: number, random: Random): Lexicon {
  const size = (factor: number): number => Math.round(factor * Math.sqrt(entities)) + 20;
  const capitals = (count: number, least: number): string[] => {
    return makeWords(count, random, { least }).map(capital);
  };
  return {
    given: capitals(size(4), 1),
    surnames: capitals(size(60), 2),
    places: capitals(size(100), 2),
    words: makeWords(size(50), random),
  };
}

function* entityLines(
  count: number,
  lexicon: Lexicon,
  random: Random,
  aliases: Map<string, AliasList>,
): Generator<string> {
  for (let entity = 0; entity < count; entity++) {
    const { name, type, aliases: others } = makeNamed(lexicon, random);
    const freq = Math.floor((10 * count) ** (random.next() ** 2));
    addAlias(aliases, name, entity, freq);
    for (const alias of others) addAlias(aliases, alias, entity, freq);
    yield JSON.stringify({
      id: idOf(entity),
      name,
      description: describe(type, lexicon, random),
      type,
      freq,
    });
  }
}

function* aliasLines(aliases: ReadonlyMap<string, AliasList>): Generator<string> {
  for (const [alias, { entities, counts }] of aliases) {
    yield JSON.stringify({ alias, entities: entities.map(idOf), counts });
  }
}

function idOf(entity: number): string {
  return `Q${entity + 1000}`;
}

function makeNamed(lexicon: Lexicon, random: Random): Named {
  const kind = random.next();
  if (kind < 0.45) return person(lexicon, random);
  return kind < 0.8 ? place(lexicon, random) : organisation(lexicon, random);
}

function person({ given, surnames }: Lexicon, random: Random): Named {
  const [first, last] = [pickZipf(given, random), spread(surnames, random)];
  const middle = random.next() < 0.2 ? ` ${pickZipf(given, random)}` : "";
  const aliases: string[] = [];
  if (random.next() < 0.3) aliases.push(last);
  if (random.next() < 0.5) aliases.push(`${first.charAt(0)}. ${last}`);
  if (middle !== "" && random.next() < 0.4) aliases.push(`${first} ${last}`);
  if (random.next() < 0.4) aliases.push(`${first} ${respelt(last, random)}`);
  return { name: `${first}${middle} ${last}`, type: "PERSON", aliases };
}

function place({ places }: Lexicon, random: Random): Named {
  const own = spread(places, random);
  const shape = random.next();
  if (shape < 0.3)
    return { name: own, type: "GPE", aliases: random.next() < 0.5 ? [respelt(own, random)] : [] };
  const second = spread(places, random);
  const name =
    shape < 0.6
      ? `${pickZipf(PLACE_PREFIXES, random)} ${own}`
      : shape < 0.85
        ? `${own} ${second}`
        : `${own}-${second}`;
  return { name, type: "GPE", aliases: random.next() < 0.7 ? [respelt(name, random)] : [] };
}

function organisation({ places, surnames }: Lexicon, random: Random): Named {
  const owner = random.next() < 0.3 ? [spread(surnames, random)] : [];
  const words = [spread(places, random), ...owner, pickZipf(INSTITUTIONS, random)];
  const name = words.join(" ");
  const aliases: string[] = [];
  if (random.next() < 0.6) aliases.push(words.map((word) => word.charAt(0)).join(""));
  if (owner.length > 0 && random.next() < 0.5) aliases.push(words.slice(1).join(" "));
  return { name, type: "ORG", aliases };
}

/** Half the time one that many share, else any. */
function spread(items: readonly string[], random: Random): string {
  return random.next() < 0.5 ? pickZipf(items, random) : pick(items, random);
}

/** A name as others write it: without accents, one vowel changed. */
function respelt(name: string, random: Random): string {
  const plain = name.normalize("NFD").replace(/\p{M}/gu, "");
  if (plain !== name && random.next() < 0.5) return plain;
  const vowels = [...plain.matchAll(/[aeiou]/g)];
  const at = vowels.length > 0 ? pick(vowels, random).index : plain.length;
  return `${plain.slice(0, at)}${pick([..."aeiou"], random)}${plain.slice(at + 1)}`;
}

function describe(type: string, { words, places }: Lexicon, random: Random): string {
  const length = 5 + Math.floor(21 * random.next());
  const text = Array.from({ length }, (_, i) => {
    return i > 0 && random.next() < 0.08 ? pickZipf(places, random) : pickZipf(words, random);
  });
  return `${type.toLowerCase()} ${text.join(" ")}`;
}

function addAlias(aliases: Map<string, AliasList>, alias: string, entity: number, freq: number): void {
  const known = aliases.get(alias);
  if (!known) {
    aliases.set(alias, { entities: [entity], counts: [freq + 1] });
  } else if (known.entities.at(-1) !== entity) {
    known.entities.push(entity);
    known.counts.push(freq + 1);
  }
}
