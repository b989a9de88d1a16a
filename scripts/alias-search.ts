/**
 * Ways to find a misspelt name among a knowledge base's aliases, on real mentions: for docs/experiments.md.
 * `node dist/scripts/alias-search.js [SET ...]` reads geo, wiki and bible from `shared/data` beside the checkout.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fold } from "../src/kb/fold.js";
import type { InMemoryLookupKB } from "../src/kb/in-memory-lookup-kb.js";
import { openKb } from "../src/kb/open-kb.js";
import type { StringTable } from "../src/kb/string-table.js";
import { TrigramIndex } from "../src/kb/trigram-index.js";
import { makeRandom, type Random } from "../src/model/random.js";
import { type Doc, NIL } from "../src/text/doc.js";
import { loadDocs } from "../src/training/corpus.js";

/** A name to look up, and the entity that should be found. */
interface Query {
  readonly key: string;
  readonly entity: number;
}

/** Rows of the keys that are most like a folded name, best first. */
type Search = (key: string, limit: number) => number[];

/** What a way costs before its first search. */
interface Built {
  readonly search: Search;
  readonly megabytes: number;
}

const DATA = fileURLToPath(new URL("../../../shared/data", import.meta.url));
const LIMIT = 10;
/** Aliases that are asked for so many keys: several may share one. */
const MOST_ALIASES = 40;
const SHORTEST = 4;
const MOST_QUERIES = 600;
const HASHED_WIDTH = 128;
const LETTERS = "abcdefghijklmnopqrstuvwxyz";

const WAYS: Readonly<Record<string, (kb: InMemoryLookupKB) => Built>> = {
  "one typo, or trigrams' Jaccard (what the alias index does)": asItIs,
  "trigrams' Jaccard, at least 0.55 (0.45 from 8 letters on)": (kb) => {
    return jaccard(keysOf(kb), (length) => (length < 8 ? 0.55 : 0.45));
  },
  "trigrams' Jaccard, at least 0.3": (kb) => jaccard(keysOf(kb), () => 0.3),
  "trigrams, TF-IDF cosine": (kb) => tfidf(keysOf(kb)),
  [`hashed trigrams, ${HASHED_WIDTH} numbers, exact cosine`]: (kb) => hashed(keysOf(kb)),
};
/** Comparing a query with more vectors takes longer than anybody would wait. */
const MOST_HASHED = 100_000;

async function measure(set: string): Promise<void> {
  const kb = await openKb(join(DATA, set));
  const dev = await loadDocs(join(DATA, set, "dev.jsonl"));
  const train = await loadDocs(join(DATA, set, "train.jsonl"));
  const keys = keysOf(kb);
  const golds = entityKeys(kb, keys);
  const real = missedMentions(kb, [...dev, ...train]);
  const typos = misspelt(kb, dev);
  const queries = {
    "real names, others found": real.filter(({ key }) => !isUnknown(kb, key)),
    "real names, a part found": real.filter(({ key }) => isUnknown(kb, key) && isPart(kb, key)),
    "real names, nothing found": real.filter(({ key }) => isUnknown(kb, key) && !isPart(kb, key)),
    "typos, 4 to 7 letters": typos.filter(({ key }) => key.length < 8),
    "typos, 8 letters and more": typos.filter(({ key }) => key.length >= 8),
  };
  process.stdout.write(`\n${set}: ${keys.size} keys\n`);
  for (const [name, build] of Object.entries(WAYS)) {
    if (name.startsWith("hashed") && keys.size > MOST_HASHED) continue;
    const before = cpuSeconds();
    const { search, megabytes } = build(kb);
    const seconds = cpuSeconds() - before;
    process.stdout.write(`${name}: built in ${seconds.toFixed(1)} CPU-s, ${megabytes.toFixed(0)} MB\n`);
    for (const [kind, all] of Object.entries(queries)) {
      if (all.length === 0) continue;
      process.stdout.write(`  ${kind}: ${recall(all.slice(0, MOST_QUERIES), search, golds)}\n`);
    }
  }
}

/** Shares of queries whose entity has one of the first keys, keys found on average, and how long a search takes. */
function recall(queries: readonly Query[], search: Search, golds: readonly ReadonlySet<number>[]): string {
  const places: number[] = [];
  const times: number[] = [];
  let found = 0;
  for (const { key, entity } of queries) {
    const start = performance.now();
    const rows = search(key, LIMIT);
    times.push((performance.now() - start) * 1000);
    found += rows.length;
    places.push(rows.findIndex((row) => golds[entity]?.has(row)));
  }
  const at = (k: number): string => {
    const right = places.filter((place) => place >= 0 && place < k).length;
    return ((100 * right) / Math.max(1, queries.length)).toFixed(1);
  };
  times.sort((a, b) => a - b);
  const time = (share: number): string => (times[Math.floor(share * times.length)] ?? 0).toFixed(0);
  const average = (found / Math.max(1, queries.length)).toFixed(1);
  return (
    `of ${queries.length}, at 1 / 3 / 10: ${at(1)} / ${at(3)} / ${at(10)}; ` +
    `${average} keys; p50 ${time(0.5)} us, p95 ${time(0.95)} us`
  );
}

/** Rows of the keys under which each entity is a candidate. */
function entityKeys(kb: InMemoryLookupKB, keys: StringTable): Set<number>[] {
  const rows = Array.from({ length: kb.getSizeEntities() }, () => new Set<number>());
  for (let alias = 0; alias < kb.getSizeAliases(); alias++) {
    const key = keys.get(fold(kb.aliasStrings.at(alias)));
    for (let i = kb.candidateStart(alias); i < kb.candidateEnd(alias); i++) {
      rows[kb.candidateEntities[i] as number]?.add(key);
    }
  }
  return rows;
}

/** Names in texts whose gold is neither under their exact alias nor under their fold or its singular; each once. */
function missedMentions(kb: InMemoryLookupKB, docs: readonly Doc[]): Query[] {
  const missed = new Map<string, Query>();
  for (const { surface, entity } of goldMentions(kb, docs)) {
    const key = fold(surface);
    if (key.length < SHORTEST || strictlyFound(kb, surface).has(entity)) continue;
    missed.set(`${key}\t${entity}`, { key, entity });
  }
  return [...missed.values()];
}

/** Names in texts that are found, with one typo each; each once. */
function misspelt(kb: InMemoryLookupKB, docs: readonly Doc[]): Query[] {
  const random = makeRandom(1, "typos");
  const queries = new Map<string, Query>();
  for (const { surface, entity } of goldMentions(kb, docs)) {
    const key = fold(surface);
    if (key.length < SHORTEST || queries.has(`${key}\t${entity}`)) continue;
    if (strictlyFound(kb, surface).has(entity)) {
      queries.set(`${key}\t${entity}`, { key: fold(withTypo(surface, random)), entity });
    }
  }
  return [...queries.values()].filter(({ key }) => key.length >= SHORTEST && isUnknown(kb, key));
}

function* goldMentions(
  kb: InMemoryLookupKB,
  docs: readonly Doc[],
): Generator<{ readonly surface: string; readonly entity: number }> {
  for (const { text, ents } of docs) {
    for (const { start, end, kbId } of ents) {
      const entity = kbId === "" || kbId === NIL ? -1 : kb.entityIds.get(kbId);
      if (entity >= 0) yield { surface: text.slice(start, end), entity };
    }
  }
}

function strictlyFound(kb: InMemoryLookupKB, surface: string): Set<number> {
  const { aliases } = kb;
  const entities = new Set<number>();
  for (const alias of [
    aliases.exact(surface),
    ...aliases.normalised(surface),
    ...aliases.plural(surface),
  ].filter((row) => row >= 0)) {
    for (let i = kb.candidateStart(alias); i < kb.candidateEnd(alias); i++) {
      entities.add(kb.candidateEntities[i] as number);
    }
  }
  return entities;
}

function isUnknown(kb: InMemoryLookupKB, key: string): boolean {
  return kb.aliases.normalised(key).length === 0 && kb.aliases.plural(key).length === 0;
}

function isPart(kb: InMemoryLookupKB, key: string): boolean {
  return kb.aliases.partial(key).length > 0;
}

function keysOf(kb: InMemoryLookupKB): StringTable {
  return kb.aliases.toParts().keys;
}

/** Swaps, deletes, inserts or replaces one letter that is not the first. */
function withTypo(text: string, random: Random): string {
  const at = 1 + Math.floor(random.next() * (text.length - 2));
  const letter = LETTERS[Math.floor(random.next() * LETTERS.length)] as string;
  const [head, rest] = [text.slice(0, at), text.slice(at)];
  const typos = [
    head + rest.charAt(1) + rest.charAt(0) + rest.slice(2),
    head + rest.slice(1),
    head + letter + rest,
    head + letter + rest.slice(1),
  ];
  return typos[Math.floor(random.next() * typos.length)] as string;
}

// ---- the ways

function asItIs(kb: InMemoryLookupKB): Built {
  const keys = keysOf(kb);
  const { megabytes } = jaccard(keys, () => 1);
  const search: Search = (key, limit) => {
    const found = kb.aliases.trigram(key, MOST_ALIASES);
    const rows = new Set(found.map(({ alias }) => keys.get(fold(kb.aliasStrings.at(alias)))));
    return [...rows].slice(0, limit);
  };
  return { search, megabytes };
}

function jaccard(keys: StringTable, least: (length: number) => number): Built {
  const index = TrigramIndex.build(keys);
  const columns = Object.values(index.toColumns()) as ArrayBufferView[];
  const bytes = columns.reduce((sum, { byteLength }) => sum + byteLength, 0);
  const search: Search = (key, limit) => {
    const found = index.search(key, least(key.length));
    return found.slice(0, limit).map(({ key: row }) => row);
  };
  return { search, megabytes: bytes / 1e6 };
}

/** Cosine of the trigrams' counts, each times log((keys + 1) / (keys that have it + 1)) + 1, as scikit-learn weighs them. */
function tfidf(keys: StringTable): Built {
  const { offsets, postings, gramRows } = invertedIndex(keys);
  const idf = idfs(offsets, keys.size);
  const norms = new Float32Array(keys.size);
  for (let gram = 0; gram < gramRows.size; gram++) {
    for (let i = offsets[gram] as number; i < (offsets[gram + 1] as number); i++) {
      const key = postings[i] as number;
      norms[key] = (norms[key] as number) + (idf[gram] as number) ** 2;
    }
  }
  const sums = new Float32Array(keys.size);
  const search: Search = (text, limit) => {
    const touched: number[] = [];
    for (const gram of gramsOf(text)) {
      const row = gramRows.get(gram);
      if (row === undefined) continue;
      const weight = (idf[row] as number) ** 2;
      for (let i = offsets[row] as number; i < (offsets[row + 1] as number); i++) {
        const key = postings[i] as number;
        if (sums[key] === 0) touched.push(key);
        sums[key] = (sums[key] as number) + weight;
      }
    }
    const best = new Best(limit);
    for (const key of touched) {
      best.add(key, (sums[key] as number) / Math.sqrt(norms[key] as number));
      sums[key] = 0;
    }
    return best.rows;
  };
  const bytes = offsets.byteLength + postings.byteLength + norms.byteLength + idf.byteLength;
  return { search, megabytes: bytes / 1e6 };
}

/** Each trigram adds its idf to or takes it from one of the numbers, by its hash. What HNSW finds is a part of this. */
function hashed(keys: StringTable): Built {
  const { offsets, gramRows } = invertedIndex(keys);
  const idf = idfs(offsets, keys.size);
  const encode = (text: string, out: Float32Array): void => {
    for (const gram of gramsOf(text)) {
      const hash = mixed(gram);
      const weight = idf[gramRows.get(gram) ?? -1] ?? 0;
      const at = (hash >>> 1) % HASHED_WIDTH;
      out[at] = (out[at] as number) + (hash & 1 ? weight : -weight);
    }
    const norm = Math.hypot(...out) || 1;
    for (let j = 0; j < HASHED_WIDTH; j++) out[j] = (out[j] as number) / norm;
  };
  const vectors = new Float32Array(keys.size * HASHED_WIDTH);
  for (let key = 0; key < keys.size; key++) {
    encode(keys.at(key), vectors.subarray(key * HASHED_WIDTH, (key + 1) * HASHED_WIDTH));
  }
  const search: Search = (text, limit) => {
    const query = new Float32Array(HASHED_WIDTH);
    encode(text, query);
    const best = new Best(limit);
    for (let key = 0, at = 0; key < keys.size; key++, at += HASHED_WIDTH) {
      let product = 0;
      for (let j = 0; j < HASHED_WIDTH; j++) product += (vectors[at + j] as number) * (query[j] as number);
      best.add(key, product);
    }
    return best.rows;
  };
  return { search, megabytes: vectors.byteLength / 1e6 };
}

/** The rows of the highest scores, best first, ties by the order they came. */
class Best {
  readonly rows: number[] = [];
  private readonly scores: number[] = [];

  constructor(private readonly limit: number) {}

  add(row: number, score: number): void {
    if (this.rows.length === this.limit && score <= (this.scores.at(-1) as number)) return;
    let at = this.scores.length;
    while (at > 0 && (this.scores[at - 1] as number) < score) at--;
    this.scores.splice(at, 0, score);
    this.rows.splice(at, 0, row);
    if (this.rows.length > this.limit) {
      this.rows.pop();
      this.scores.pop();
    }
  }
}

function invertedIndex(keys: StringTable): {
  readonly offsets: Int32Array;
  readonly postings: Int32Array;
  readonly gramRows: ReadonlyMap<string, number>;
} {
  const gramRows = new Map<string, number>();
  const counts: number[] = [];
  for (let key = 0; key < keys.size; key++) {
    for (const gram of gramsOf(keys.at(key))) {
      const row = gramRows.get(gram) ?? gramRows.size;
      gramRows.set(gram, row);
      counts[row] = (counts[row] ?? 0) + 1;
    }
  }
  const offsets = new Int32Array(counts.length + 1);
  counts.forEach((count, row) => {
    offsets[row + 1] = (offsets[row] as number) + count;
  });
  const next = offsets.slice();
  const postings = new Int32Array(offsets.at(-1) as number);
  for (let key = 0; key < keys.size; key++) {
    for (const gram of gramsOf(keys.at(key))) {
      const row = gramRows.get(gram) as number;
      postings[next[row] as number] = key;
      next[row] = (next[row] as number) + 1;
    }
  }
  return { offsets, postings, gramRows };
}

function idfs(offsets: Int32Array, keys: number): Float32Array {
  return Float32Array.from({ length: offsets.length - 1 }, (_, gram) => {
    const having = (offsets[gram + 1] as number) - (offsets[gram] as number);
    return Math.log((keys + 1) / (having + 1)) + 1;
  });
}

function gramsOf(text: string): Set<string> {
  return new Set(Array.from({ length: text.length }, (_, i) => `^${text}$`.slice(i, i + 3)));
}

/** FNV-1a, and a last mix so that its low bits depend on all letters. */
function mixed(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d) >>> 0;
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

if (!existsSync(DATA)) {
  process.stdout.write(`Nothing to measure: ${DATA} is not there.\n`);
} else {
  const sets = process.argv.slice(2);
  for (const set of sets.length > 0 ? sets : ["bible", "wiki", "geo"]) await measure(set);
}
