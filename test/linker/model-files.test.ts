import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { LearnedModel } from "../../src/linker/bound-model.js";
import { modelOptions } from "../../src/linker/config.js";
import { type Evidence, LARGEST_SET } from "../../src/linker/guarantee.js";
import { type Model, modelFrom, modelToFiles, openModel } from "../../src/linker/model-files.js";
import { HIT_FEATURES } from "../../src/mentions/hit-features.js";
import { MentionFilter } from "../../src/mentions/mention-filter.js";
import { RateTable } from "../../src/mentions/rate-table.js";
import { NEIGHBOURS } from "../../src/model/surroundings.js";
import type { MemoryColumns } from "../../src/model/train-memory.js";
import { Vocabulary } from "../../src/model/vocabulary.js";
import type { Weights } from "../../src/tensor/weights.js";
import { tokenize } from "../../src/text/tokenizer.js";
import { damaged, jsonValue, oddText, wellFormed } from "../arbitraries.js";
import { tinyConfig } from "../fixtures.js";
import { assertRefused, readOrRefused } from "../refusals.js";

type Files = ReadonlyMap<string, Uint8Array>;

const options = { format: "float32", linkwrightVersion: "1.2.3", kbHash: "" } as const;
const toFiles = (model: Model): Files => modelToFiles(model, options);
const fromFiles = async (files: Files): Promise<Model> =>
  modelFrom(await openModel(async (name) => files.get(name), "the model"));

const single = fc.float({ noNaN: true, noDefaultInfinity: true });
/** Whole numbers that need one, two and four bytes. */
const numbers = (length: number, min = 0) =>
  fc
    .constantFrom(255, 256, 65_536)
    .chain((max) => fc.array(fc.integer({ min, max }), { minLength: length, maxLength: length }))
    .map((values) => Int32Array.from(values));
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });
const texts = fc.uniqueArray(oddText({ minLength: 1, maxLength: 3 }), { maxLength: 4 });

const weights: fc.Arbitrary<Weights> = fc
  .tuple(
    oddText({ lone: false }).filter((name) => !name.includes("/")),
    fc.array(single, { minLength: 6, maxLength: 6 }),
  )
  .map(([name, values]) => {
    return new Map([
      [name, { shape: [2, 3], values: Float32Array.from(values) }],
      [`${name}+`, { shape: [6], values: Float32Array.from(values) }],
    ]);
  });

const vocabulary = fc
  .tuple(fc.array(oddText(), { maxLength: 5 }), fc.nat(1e6), fc.integer({ min: 1, max: 99 }))
  .map(([parts, passages, hashBuckets]) => {
    const words = [...new Set(parts.flatMap((part) => tokenize(part).norms))];
    const counts = Int32Array.from(words, (_, i) => i * 7);
    return new Vocabulary(words, counts, passages, words.length >> 1, hashBuckets);
  });

const evidence: fc.Arbitrary<Evidence> = fc
  .nat(3)
  .chain((n) =>
    fc
      .tuple(
        numbers(n),
        bytes(n),
        fc.array(single, { minLength: n * LARGEST_SET, maxLength: n * LARGEST_SET }),
        bytes(n),
      )
      .map(([documents, nilWins, top, gold]) => ({ documents, nilWins, top: Float32Array.from(top), gold })),
  );

const memory: fc.Arbitrary<MemoryColumns> = fc
  .tuple(texts, texts, fc.nat(3), fc.nat(3))
  .chain(([names, ids, pairs, n]) =>
    fc
      .tuple(
        numbers(pairs),
        numbers(pairs, -1),
        numbers(pairs),
        numbers(n),
        numbers(n * NEIGHBOURS),
        numbers(n + 1),
        numbers(n),
        bytes(n),
      )
      .map(([pairName, pairId, pairCount, contextPair, neighbours, wordStart, words, shares]) => {
        return {
          names,
          ids,
          pairName,
          pairId,
          pairCount,
          contextPair,
          neighbours,
          wordStart,
          words,
          weights: shares,
        };
      }),
  );

const rateTable = fc
  .array(fc.tuple(oddText(), fc.nat(9), fc.nat(9)), { maxLength: 3 })
  .map((rows) => new RateTable(new Map(rows.map(([key, seen, right]) => [key, [seen + right, right]]))));
const mentionFilter = fc
  .tuple(
    fc.tuple(rateTable, rateTable, rateTable, rateTable, rateTable),
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: HIT_FEATURES.length + 1,
      maxLength: HIT_FEATURES.length + 1,
    }),
  )
  .map(([[surface, before, after, label, words], weights]) => {
    const statistics = { rates: { surface, before, after, label }, words };
    return new MentionFilter({ statistics, weights: weights.map((weight) => weight + 0), threshold: 0.5 });
  });

const option = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** A model of any strings and numbers. Its config is TOML, which has no lone surrogates. */
const anyModel: fc.Arbitrary<Model> = fc
  .record({
    labelsDiscard: texts,
    nilLogit: fc.boolean(),
    members: fc.array(weights, { minLength: 1, maxLength: 2 }),
    scaling: fc.array(single, { maxLength: 3 }).map((values) => Float32Array.from(values)),
    vocabulary,
    labels: texts,
    types: texts,
    memory: option(memory),
    evidence: option(evidence),
    mentionFilter: option(mentionFilter),
    about: fc.dictionary(oddText(), jsonValue, { noNullPrototype: true, maxKeys: 3 }),
    threshold: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
  })
  .map(
    ({
      labelsDiscard,
      nilLogit,
      members,
      scaling,
      threshold,
      evidence: said,
      mentionFilter: filter,
      about,
      ...rest
    }) => {
      const config = tinyConfig({ linker: { labels_discard: labelsDiscard } });
      const learned: LearnedModel = {
        ...rest,
        members,
        scaling: { mean: scaling, scale: scaling },
        options: { ...modelOptions(config), nilLogit },
      };
      const platt = { slope: 1, offset: 0 };
      const calibration = { temperature: 1.5, single: platt, several: platt, threshold };
      return { config, learned, calibration, evidence: said, mentionFilter: filter, about };
    },
  );

/** A model with every file. */
const [whole, other] = fc.sample(
  anyModel.filter(
    ({ evidence: said, learned, mentionFilter: filter }) =>
      said !== undefined && learned.memory !== undefined && filter !== undefined,
  ),
  2,
) as [Model, Model];

describe("the files of any model", () => {
  test("hold all of it, lone surrogates too but in the config, and are written to the byte again", async () => {
    await fc.assert(
      fc.asyncProperty(anyModel, async (model) => {
        const files = toFiles(model);
        const read = await fromFiles(files);
        const { config } = model;
        const linker = { ...config.linker, labels_discard: config.linker.labels_discard.map(wellFormed) };
        assert.deepEqual(read, { ...model, config: { ...config, linker } });
        assert.deepEqual(toFiles(read), toFiles({ ...model, config: read.config }));
      }),
      { numRuns: 80, examples: [[whole]] },
    );
  });
});

describe("damaged files of a model", () => {
  const files = toFiles(whole);

  test("are refused, or give the same where only meta.json's layout changed", async () => {
    const change = fc
      .constantFrom(...files.keys())
      .chain((name) => damaged(files.get(name) as Uint8Array).map((content) => [name, content] as const));
    const expected = await fromFiles(files);
    await fc.assert(
      fc.asyncProperty(change, async ([name, content]) => {
        const read = await readOrRefused(() => fromFiles(new Map(files).set(name, content)), /the model/);
        assert.ok(read === undefined || name === "meta.json", name);
        if (read) assert.deepEqual(read, expected);
      }),
      { numRuns: 600 },
    );
  });

  test("with a bit of each byte of meta.json flipped are refused, or say the same", async () => {
    const meta = files.get("meta.json") as Uint8Array;
    const open = async (content: Uint8Array) => (await openModel(async () => content, "the model")).meta;
    const expected = await open(meta);
    for (let at = 0; at < meta.length; at++) {
      const flipped = meta.slice();
      flipped[at] = (meta[at] as number) ^ (1 << (at % 8));
      const read = await readOrRefused(() => open(flipped), /the model/);
      if (read) assert.deepEqual(read, expected, `byte ${at}`);
    }
  });

  test("with a 0 of meta.json made -0 say 0: what was hashed is what counts", async () => {
    const text = new TextDecoder().decode(files.get("meta.json"));
    const minus = text.replace('"offset": 0', '"offset":-0');
    assert.notEqual(minus, text);
    const read = await fromFiles(new Map(files).set("meta.json", new TextEncoder().encode(minus)));
    assert.ok(Object.is(read.calibration?.single.offset, 0));
  });

  test("that are missing, another's, or exchanged are refused by name", async () => {
    const theirs = toFiles(other);
    for (const name of files.keys()) {
      const place = new RegExp(name.replace("meta.json", "(meta.json|weights.bin|config.toml)"));
      const without = new Map(files);
      without.delete(name);
      await assertRefused(() => fromFiles(without), place);
      const changed = new Map(files).set(name, theirs.get(name) as Uint8Array);
      await assertRefused(() => fromFiles(changed), place);
      for (const second of files.keys()) {
        if (second === name) continue;
        const exchanged = new Map(files).set(name, files.get(second) as Uint8Array);
        await assertRefused(
          () => fromFiles(exchanged.set(second, files.get(name) as Uint8Array)),
          /the model/,
        );
      }
    }
  });

  test("that are what meta.json says and yet no such files are refused", async () => {
    for (const name of ["weights.bin", "evidence.arrow", "memory.arrow", "config.toml"]) {
      for (const content of [
        new Uint8Array(0),
        Buffer.from("ARROW1\0\0 and other things"),
        toFiles(whole).get("vocabulary.tsv"),
      ]) {
        const changed = withHashOf(files, name, content as Uint8Array);
        await assertRefused(() => fromFiles(changed), new RegExp(`the model.*${name}`));
      }
      await assertRefused(
        () => fromFiles(withHashOf(files, "memory.arrow", files.get("evidence.arrow") as Uint8Array)),
        /memory/,
      );
    }
  });
});

/** The files with another one, as a program might write them that keeps hashes and knows no formats. */
function withHashOf(files: Files, name: string, content: Uint8Array): Files {
  const hash = (of: Uint8Array | string): string => createHash("sha256").update(of).digest("hex");
  const { meta_sha256, ...meta } = JSON.parse(new TextDecoder().decode(files.get("meta.json")));
  meta.sha256[name] = hash(content);
  const text = JSON.stringify({ ...meta, meta_sha256: hash(JSON.stringify(meta)) });
  return new Map(files).set(name, content).set("meta.json", new TextEncoder().encode(text));
}
