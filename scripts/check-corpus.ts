/**
 * Checks what corpus/README.md promises of the starter corpus and prints its figures; exit code 1 when a promise is
 * broken. After a build: `node dist/scripts/check-corpus.js [FOLDER]`.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath } from "node:url";
import { readDocs } from "../src/formats/doc-jsonl.js";
import { fold } from "../src/kb/fold.js";
import { type Doc, NIL, type Span } from "../src/text/doc.js";
import { tokenize } from "../src/text/tokenizer.js";

const PROMISED = {
  ambiguousNames: 120,
  entities: 400,
  texts: 1000,
  sentences: 4,
  nilShare: 0.1,
  /** Texts that may share a run of `GRAM_WORDS` words. */
  gramTexts: 3,
  unseenShare: 0.2,
  priorAccuracy: 0.6,
};
const GRAM_WORDS = 5;
const SPLITS = ["train", "dev", "test"] as const;
const TYPES = ["PERSON", "GPE", "LOC", "ORG", "WORK", "EVENT", "PRODUCT", "MISC"];

interface Entity {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly freq: number;
}

interface Alias {
  readonly alias: string;
  readonly entities: readonly string[];
  readonly probabilities: readonly number[];
}

type Split = (typeof SPLITS)[number];
type Splits = Readonly<Record<Split, readonly Doc[]>>;

interface Corpus {
  readonly entities: ReadonlyMap<string, Entity>;
  readonly aliases: readonly Alias[];
  readonly splits: Splits;
  readonly docs: readonly Doc[];
}

interface Mention {
  readonly doc: Doc;
  readonly span: Span;
  readonly surface: string;
}

interface Report {
  readonly lines: string[];
  readonly failures: string[];
}

const folder = argv[2] ?? fileURLToPath(new URL("../../corpus/starter/", import.meta.url));
const report: Report = { lines: [], failures: [] };
const corpus = await readCorpus(folder);
checkKnowledgeBase(corpus, report);
checkDocs(corpus, report);
checkGrams(corpus, report);
reportSplits(corpus, report);
reportNames(corpus, report);
reportUnseen(corpus, report);
process.stdout.write(`${report.lines.join("\n")}\n`);
const shown = report.failures.map((failure) => `FAILED  ${failure}`);
process.stdout.write(`${shown.length === 0 ? "All promises hold." : shown.join("\n")}\n`);
process.exitCode = shown.length === 0 ? 0 : 1;

async function readCorpus(root: string): Promise<Corpus> {
  const splits: Record<Split, Doc[]> = { train: [], dev: [], test: [] };
  for (const split of SPLITS) {
    for await (const doc of readDocs(join(root, `${split}.jsonl`))) splits[split].push(doc);
  }
  const entities = readLines<Entity>(join(root, "entities.jsonl"));
  return {
    entities: new Map(entities.map((entity) => [entity.id, entity])),
    aliases: readLines<Alias>(join(root, "aliases.jsonl")),
    splits,
    docs: SPLITS.flatMap((split) => splits[split]),
  };
}

function readLines<T>(path: string): T[] {
  const lines = readFileSync(path, "utf8").split("\n").filter(Boolean);
  return lines.map((line) => JSON.parse(line) as T);
}

function mentionsOf(docs: readonly Doc[]): Mention[] {
  return docs.flatMap((doc) =>
    doc.ents.map((span) => ({ doc, span, surface: doc.text.slice(span.start, span.end) })),
  );
}

function checkKnowledgeBase({ entities, aliases }: Corpus, { lines, failures }: Report): void {
  for (const { id, name, description, type, freq } of entities.values()) {
    if (!/^Q\d+$/.test(id) || !name || !description)
      failures.push(`entity ${id} lacks a name or description`);
    if (!TYPES.includes(type)) failures.push(`entity ${id} has the type ${type}`);
    if (!(freq >= 1 && freq <= 100)) failures.push(`entity ${id} has the freq ${freq}, expected 1 to 100`);
  }
  for (const { alias, entities: ids, probabilities } of aliases) {
    const unknown = ids.filter((id) => !entities.has(id));
    if (unknown.length > 0) failures.push(`alias "${alias}" names unknown entities: ${unknown.join(", ")}`);
    const sum = probabilities.reduce((total, p) => total + p, 0);
    if (probabilities.length !== ids.length)
      failures.push(`alias "${alias}": probabilities don't match entities`);
    if (sum > 1.00001 || probabilities.some((p) => !(p > 0)))
      failures.push(`alias "${alias}" sums to ${sum}`);
  }
  if (entities.size < PROMISED.entities) failures.push(`${entities.size} entities, fewer than promised`);
  if (new Set(aliases.map(({ alias }) => alias)).size < aliases.length)
    failures.push("an alias stands twice");
  const ambiguous = aliases.filter((alias) => alias.entities.length > 1).length;
  lines.push(
    `knowledge base  ${entities.size} entities, ${aliases.length} aliases, ${ambiguous} of them shared`,
  );
}

/** Ids, offsets and length of each text. A mention's offsets are right when it is a whole name of its entity. */
function checkDocs({ docs, entities, aliases, splits }: Corpus, { failures }: Report): void {
  const namesOf = new Map([...entities.keys()].map((id) => [id, new Set<string>()]));
  for (const { alias, entities: ids } of aliases)
    for (const id of ids) namesOf.get(id)?.add(alias.toLowerCase());
  for (const doc of docs) {
    const sentences = doc.sents.length;
    if (sentences < 1 || sentences > PROMISED.sentences)
      failures.push(`${doc.id} has ${sentences} sentences`);
    if (doc.ents.length === 0) failures.push(`${doc.id} has no mention`);
  }
  for (const { doc, span, surface } of mentionsOf(docs)) {
    const where = `${doc.id} [${span.start}, ${span.end}) "${surface}"`;
    if (!standsAlone(doc.text, span)) failures.push(`${where} is not made of whole words`);
    if (!TYPES.includes(span.label)) failures.push(`${where} has the label ${span.label}`);
    if (span.kbId === NIL) continue;
    const names = namesOf.get(span.kbId);
    if (names === undefined)
      failures.push(`${where} links to ${span.kbId}, which is not in the knowledge base`);
    else if (!names.has(surface.toLowerCase())) failures.push(`${where} is not an alias of ${span.kbId}`);
  }
  for (const key of ["id", "text"] as const) {
    const values = SPLITS.flatMap((split) => splits[split].map((doc) => doc[key]));
    const repeated = values.filter((value, i) => values.indexOf(value) !== i);
    for (const value of repeated) failures.push(`the same ${key} stands twice: ${value.slice(0, 60)}`);
  }
  if (docs.length < PROMISED.texts) failures.push(`${docs.length} texts, fewer than promised`);
}

function standsAlone(text: string, { start, end }: Span): boolean {
  const isWord = (character: string | undefined): boolean => /[\p{L}\p{N}\p{M}]/u.test(character ?? "");
  return (
    text.slice(start, end).trim().length === end - start && !isWord(text[start - 1]) && !isWord(text[end])
  );
}

/** Looks for stock phrases: runs of lower-cased words that no marked name interrupts. */
function checkGrams({ docs }: Corpus, { lines, failures }: Report): void {
  const textsWith = new Map<string, number>();
  for (const doc of docs) {
    const starts = [0, ...doc.ents.map(({ end }) => end)];
    const ends = [...doc.ents.map(({ start }) => start), doc.text.length];
    const grams = new Set(starts.flatMap((start, i) => gramsOf(doc.text.slice(start, ends[i]))));
    for (const gram of grams) textsWith.set(gram, (textsWith.get(gram) ?? 0) + 1);
  }
  const most = Math.max(...textsWith.values());
  lines.push(`repetition      no run of ${GRAM_WORDS} words outside names stands in more than ${most} texts`);
  for (const [gram, count] of textsWith) {
    if (count > PROMISED.gramTexts) failures.push(`"${gram}" stands in ${count} texts`);
  }
}

function gramsOf(text: string): string[] {
  const { length, starts, ends } = tokenize(text);
  const words = Array.from({ length }, (_, i) => text.slice(starts[i], ends[i]).toLowerCase());
  const count = Math.max(0, length - GRAM_WORDS + 1);
  return Array.from({ length: count }, (_, i) => words.slice(i, i + GRAM_WORDS).join(" "));
}

function reportSplits({ splits, docs, aliases }: Corpus, { lines, failures }: Report): void {
  const exact = mostProbable(aliases, (name) => name);
  const folded = mostProbable(aliases, fold);
  const parts = { ...splits, all: docs };
  lines.push("", "split  texts  mentions  NIL     several  lower case  prior   prior, any case");
  for (const [name, part] of Object.entries(parts)) {
    const mentions = mentionsOf(part);
    const share = (isCounted: (mention: Mention) => boolean) =>
      mentions.filter(isCounted).length / mentions.length;
    const nil = share(({ span }) => span.kbId === NIL);
    const lower = share(({ surface }) => surface === surface.toLowerCase());
    const prior = share(({ surface, span }) => (exact(surface) ?? NIL) === span.kbId);
    const priorFolded = share(({ surface, span }) => (folded(surface) ?? NIL) === span.kbId);
    const several = part.filter((doc) => doc.ents.length > 1).length / part.length;
    const counts = `${name.padEnd(7)}${pad(part.length, 7)}${pad(mentions.length, 10)}`;
    const shares = `${pad(percent(nil), 8)}${pad(percent(several), 9)}${pad(percent(lower), 12)}`;
    lines.push(`${counts}${shares}${pad(percent(prior), 8)}${percent(priorFolded)}`);
    if (nil < PROMISED.nilShare) failures.push(`${name}: ${percent(nil)} of the mentions are NIL`);
    if (name === "test" && Math.max(prior, priorFolded) > PROMISED.priorAccuracy) {
      failures.push(
        `the prior alone is right on ${percent(prior)} (${percent(priorFolded)} in any case) of test`,
      );
    }
  }
}

/** What always taking an alias's most probable entity gives; undefined where nothing has the name. */
function mostProbable(
  aliases: readonly Alias[],
  key: (name: string) => string,
): (surface: string) => string | undefined {
  const best = new Map<string, { readonly id: string; readonly p: number }>();
  for (const { alias, entities, probabilities } of aliases) {
    entities.forEach((id, i) => {
      const p = probabilities[i] ?? 0;
      if (p > (best.get(key(alias))?.p ?? 0)) best.set(key(alias), { id, p });
    });
  }
  return (surface) => best.get(key(surface))?.id;
}

/** A name is ambiguous when the texts use it, in any case, for two or more entities. */
function reportNames({ docs, aliases }: Corpus, { lines, failures }: Report): void {
  const meanings = new Map<string, Set<string>>();
  const inTwoSenses = new Set<Doc>();
  for (const doc of docs) {
    const here = new Map<string, string>();
    for (const { surface, span } of mentionsOf([doc])) {
      const name = surface.toLowerCase();
      if (span.kbId !== NIL) meanings.set(name, (meanings.get(name) ?? new Set()).add(span.kbId));
      if ((here.get(name) ?? span.kbId) !== span.kbId) inTwoSenses.add(doc);
      here.set(name, span.kbId);
    }
  }
  const ambiguous = [...meanings.values()].filter((ids) => ids.size > 1);
  const mean = ambiguous.reduce((total, ids) => total + ids.size, 0) / ambiguous.length;
  const shared = new Set(aliases.filter((a) => a.entities.length > 1).map((a) => a.alias.toLowerCase()));
  const mentions = mentionsOf(docs);
  const open = mentions.filter(({ surface }) => shared.has(surface.toLowerCase())).length / mentions.length;
  lines.push(
    "",
    `ambiguous names ${ambiguous.length} used for two or more entities, ${mean.toFixed(1)} on average`,
  );
  lines.push(`                ${percent(open)} of the mentions have two or more candidates`);
  lines.push(`                ${inTwoSenses.size} texts use one name in two senses`);
  if (ambiguous.length < PROMISED.ambiguousNames)
    failures.push(`${ambiguous.length} ambiguous names, too few`);
}

/** Some entities occur only in dev and test, each with a namesake in train. */
function reportUnseen({ splits, entities, aliases }: Corpus, { lines, failures }: Report): void {
  const entitiesOf = (docs: readonly Doc[]) => new Set(mentionsOf(docs).map(({ span }) => span.kbId));
  const seen = entitiesOf(splits.train);
  const unseen = [...entities.keys()].filter((id) => !seen.has(id));
  const [inDev, inTest] = [entitiesOf(splits.dev), entitiesOf(splits.test)];
  const mentions = mentionsOf(splits.test).filter(({ span }) => unseen.includes(span.kbId)).length;
  const [dev, test] = [inDev, inTest].map((ids) => unseen.filter((id) => ids.has(id)).length);
  lines.push(
    `never in train  ${unseen.length} entities (${percent(unseen.length / entities.size)}): ${dev} in dev,`,
  );
  lines.push(`                ${test} in test, where ${mentions} mentions are of them`, "");
  if (unseen.length < PROMISED.unseenShare * entities.size)
    failures.push("too few entities are kept from train");
  const nowhere = unseen.filter((id) => !inDev.has(id) && !inTest.has(id));
  if (nowhere.length > 0) failures.push(`no text mentions ${nowhere.join(", ")}`);
  const beside = new Set(
    aliases.filter((a) => a.entities.some((id) => seen.has(id))).flatMap((a) => a.entities),
  );
  const alone = unseen.filter((id) => !beside.has(id));
  if (alone.length > 0) failures.push(`no namesake in train: ${alone.join(", ")}`);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function pad(value: number | string, width: number): string {
  return String(value).padEnd(width);
}
