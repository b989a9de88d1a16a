/** What property tests draw from: odd texts, documents, and damage to bytes and to JSON. Seeds are fixed: what fails, fails again. */
import fc from "fast-check";

fc.configureGlobal({ seed: 20, includeErrorInReport: true });

/** Pieces that texts are made of: what readers of offsets, lines, JSON and UTF-8 get wrong. */
const PIECES = [
  ..."aé中𠮷🍎 \n\t\0\"\\'[|",
  "\r\n",
  "\r",
  "e\u0301",
  "\u0301",
  "👩‍👩‍👧",
  "🇨🇭",
  "\u00a0",
  "\u0085",
  "\u2028",
  "\ufeff",
  "\ufffd",
  "\u202e",
  "İ",
  "ﬁ",
  "Paris",
  "NIL",
  "__proto__",
  ". ",
];
const SURROGATES = ["\ud83c", "\udf4e"];

interface TextOptions {
  /** Pieces. @default 0 */
  readonly minLength?: number;
  /** Pieces. @default 6 */
  readonly maxLength?: number;
  /** Whether halves of surrogate pairs may stand alone. @default true */
  readonly lone?: boolean;
}

export function oddText({ minLength = 0, maxLength = 6, lone = true }: TextOptions = {}) {
  const piece = fc.constantFrom(...PIECES, ...(lone ? SURROGATES : []));
  const pieces = fc.array(
    fc.oneof({ weight: 4, arbitrary: piece }, fc.string({ unit: "binary", maxLength: 2 })),
    {
      minLength,
      maxLength,
      size: "max",
    },
  );
  const text = pieces.map((parts) => parts.join(""));
  return minLength > 0 ? text.filter((joined) => joined !== "") : text;
}

/** What an entity may be called. */
export const oddId = (options: Pick<TextOptions, "lone"> = {}) =>
  oddText({ minLength: 1, maxLength: 3, ...options }).filter((id) => id !== "NIL");

/** White space alone, or nothing. */
export const whiteSpace = fc
  .array(fc.constantFrom(" ", "\n", "\r\n", "\t", "\u00a0", "\u2028", "\ufeff"), { maxLength: 6 })
  .map((parts) => parts.join(""));

/** A text as UTF-8 keeps it: lone surrogates are U+FFFD. */
export const wellFormed = (text: string): string => Buffer.from(text).toString();

/** JSON that is the same when it is written and read. */
export const jsonValue = fc
  .jsonValue({ maxDepth: 2, stringUnit: "binary" })
  .map((value): unknown => JSON.parse(JSON.stringify(value)));

export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Where the characters of a text begin and the last one ends, in UTF-16. */
function boundaries(text: string): number[] {
  const found = [0];
  for (const character of text) found.push((found.at(-1) as number) + character.length);
  return found;
}

/** Ranges of whole characters, in order, some of them touching, none crossing. */
function rangesOf(text: string): fc.Arbitrary<Range[]> {
  const edges = boundaries(text);
  const cuts = fc.uniqueArray(fc.nat(edges.length - 1), { maxLength: 7, size: "max" });
  const taken = fc.array(fc.boolean(), { minLength: 6, maxLength: 6 });
  return fc.tuple(cuts, taken).map(([places, isTaken]) => {
    const sorted = places.toSorted((a, b) => a - b).map((place) => edges[place] as number);
    return sorted.slice(1).flatMap((end, i) => (isTaken[i] ? [{ start: sorted[i] as number, end }] : []));
  });
}

export interface JsonEnt extends Range {
  readonly label: string;
  readonly kb_id: string;
}

/** A document as its JSONL line, keys in the order in which they are written. */
export interface JsonDoc {
  readonly id?: string;
  readonly text: string;
  readonly ents: readonly JsonEnt[];
  readonly sents?: readonly Range[];
}

/** Optional keys may be absent; `null` would not come back. */
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** The same without the keys that are undefined. */
function defined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

const entDetails = fc.record({
  label: oddText({ maxLength: 2 }),
  kb_id: fc.oneof(fc.constantFrom("", "NIL"), oddId()),
  score: optional(
    fc.double({ noNaN: true, noDefaultInfinity: true, min: 0, max: 1 }).map((score) => score + 0),
  ),
  reason: optional(oddText({ minLength: 1, maxLength: 2 })),
  one_of: optional(fc.array(oddId(), { maxLength: 2 })),
  candidates: optional(fc.array(jsonValue, { maxLength: 2 })),
  note: optional(jsonValue),
});

/** Any document: empty, of white space, with mentions and sentences or without. */
export const jsonDoc: fc.Arbitrary<JsonDoc> = fc
  .oneof({ weight: 4, arbitrary: oddText({ maxLength: 9 }) }, whiteSpace)
  .chain((text) =>
    fc
      .record({
        id: optional(oddText({ minLength: 1, maxLength: 2 })),
        ents: rangesOf(text).chain((ranges) =>
          fc.tuple(
            ...ranges.map((range) => entDetails.map((details): JsonEnt => defined({ ...range, ...details }))),
          ),
        ),
        sents: optional(rangesOf(text)),
        user: optional(jsonValue),
      })
      .map(({ id, ents, sents, user }) => defined({ id, text, ents, sents, user }) as JsonDoc),
  );

/** Other bytes: cut off, with a byte changed, left out or doubled, with a stretch of zeros, of noise, or in another order. */
export function damaged(bytes: Uint8Array): fc.Arbitrary<Uint8Array> {
  const place = fc.nat(bytes.length);
  const two = fc.tuple(place, place).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const mask = fc.oneof(
    fc.nat(7).map((bit) => 1 << bit),
    fc.integer({ min: 1, max: 255 }),
  );
  const noise = fc.uint8Array({ minLength: 1, maxLength: 12 });
  const part = (from: number, to = bytes.length): Uint8Array => bytes.subarray(from, to);
  return fc
    .oneof(
      { weight: 2, arbitrary: place.map((length) => [part(0, length)]) },
      {
        weight: 6,
        arbitrary: fc.tuple(fc.nat(bytes.length - 1), mask).map(([at, by]) => {
          return [part(0, at), Uint8Array.of((bytes[at] as number) ^ by), part(at + 1)];
        }),
      },
      two.map(([a, b]) => [part(0, a), part(b)]),
      two.map(([a, b]) => [part(0, b), part(a)]),
      two.map(([a, b]) => [part(0, a), new Uint8Array(b - a), part(b)]),
      two.map(([a, b]) => [part(a, b), part(0, a), part(b)]),
      fc.tuple(place, noise).map(([at, extra]) => [part(0, at), extra, part(at)]),
      fc.tuple(place, noise).map(([at, other]) => [part(0, at), other, part(at + other.length)]),
    )
    .map((parts) => new Uint8Array(Buffer.concat(parts)))
    .filter((other) => Buffer.compare(other, bytes) !== 0);
}

const ODD_VALUES = [
  null,
  true,
  0,
  -1,
  0.5,
  7,
  2 ** 31,
  2 ** 53,
  -1e300,
  Number.POSITIVE_INFINITY,
  "",
  "x",
  "Q1",
  "🍎",
  "\ud83c",
  [],
  [[]],
  [0, 1],
  ["x"],
  {},
  { start: 0, end: 1 },
];

const CHANGES: readonly ((value: unknown) => unknown)[] = [
  ...ODD_VALUES.map((odd) => () => odd),
  () => undefined,
  (value) => [value, value],
  ...["start", "text", "kb_id", "__proto__"].map((key) => (value: unknown) => ({ [key]: value })),
];

/** JSON texts in each of which one value is another, is missing, is there twice or lies deeper: all that there are. */
export function damagedJsons(json: unknown): string[] {
  return pathsOf(json).flatMap((path) =>
    CHANGES.map((change) => stringified(replaced(json, path, change)) ?? ""),
  );
}

function pathsOf(json: unknown): (readonly string[])[] {
  if (typeof json !== "object" || json === null) return [[]];
  return [
    [],
    ...Object.entries(json).flatMap(([key, value]) => pathsOf(value).map((path) => [key, ...path])),
  ];
}

function replaced(
  json: unknown,
  [key, ...rest]: readonly string[],
  how: (value: unknown) => unknown,
): unknown {
  if (key === undefined) return how(json);
  const change = (own: string, value: unknown): unknown => (own === key ? replaced(value, rest, how) : value);
  if (Array.isArray(json)) return json.map((value, i) => change(String(i), value));
  return Object.fromEntries(Object.entries(json as object).map(([own, value]) => [own, change(own, value)]));
}

/** Infinity as the number too large that JSON may hold. */
function stringified(json: unknown): string | undefined {
  const MARK = "a number too large";
  const text: string | undefined = JSON.stringify(json, (_, value) =>
    value === Number.POSITIVE_INFINITY ? MARK : value,
  );
  return text?.replaceAll(`"${MARK}"`, "1e999");
}
