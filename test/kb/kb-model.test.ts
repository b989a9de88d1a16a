/** Random changes, against Maps that do the same. */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { LinkwrightError } from "../../src/errors.js";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { contentOf } from "./small-kb.js";

interface Entity {
  readonly freq: number;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly vector: readonly number[];
}

const EMPTY: Entity = { freq: 0, name: "", description: "", type: "", vector: [0, 0] };
const LARGEST_SUM = 1.00001;

/** What a knowledge base is to do, as plainly as can be. */
class Model {
  readonly entities = new Map<string, Entity>();
  readonly aliases = new Map<string, Map<string, number>>();

  addEntity(id: string, entity: Partial<Entity>): void {
    if (!this.entities.has(id)) this.entities.set(id, { ...EMPTY, ...entity });
  }
  updateEntity(id: string, entity: Partial<Entity>): void {
    const known = this.entities.get(id);
    if (!known) throw new Error("L208");
    this.entities.set(id, { ...known, ...entity });
  }
  removeEntities(ids: readonly string[]): void {
    for (const id of ids) this.entities.delete(id);
    for (const [alias, candidates] of this.aliases) {
      const gone = ids.filter((id) => candidates.delete(id));
      if (gone.length > 0 && candidates.size === 0) this.aliases.delete(alias);
    }
  }
  setEntities(ids: readonly string[], freq: number): void {
    const before = new Map(this.entities);
    this.removeEntities([...before.keys()].filter((id) => !ids.includes(id)));
    this.entities.clear();
    for (const id of ids) this.addEntity(id, { ...(before.get(id) ?? EMPTY), freq, vector: [freq, 1] });
  }
  addAlias(alias: string, candidates: Map<string, number>): void {
    this.checkSum(candidates);
    if (this.aliases.has(alias)) return;
    this.setAlias(alias, candidates);
  }
  setAlias(alias: string, candidates: Map<string, number>): void {
    this.checkSum(candidates);
    for (const id of candidates.keys()) if (!this.entities.has(id)) throw new Error("E134");
    this.aliases.set(alias, new Map(candidates));
  }
  updateAlias(alias: string, candidates: Map<string, number>): void {
    if (!this.aliases.has(alias)) throw new Error("E176");
    this.setAlias(alias, candidates);
  }
  appendAlias(alias: string, id: string, prior: number): void {
    const candidates = this.aliases.get(alias);
    if (!candidates) throw new Error("E176");
    if (!this.entities.has(id)) throw new Error("E134");
    this.checkSum(new Map([...candidates, ["the new one", prior]]));
    if (!candidates.has(id)) candidates.set(id, prior);
  }
  removeAliases(aliases: readonly string[]): void {
    for (const alias of aliases) this.aliases.delete(alias);
  }

  private checkSum(candidates: Map<string, number>): void {
    if ([...candidates.values()].reduce((sum, prior) => sum + prior, 0) > LARGEST_SUM)
      throw new Error("E133");
  }

  /** A knowledge base made anew of what there is. */
  build(): InMemoryLookupKB {
    const kb = new InMemoryLookupKB({ entityVectorLength: 2 });
    for (const [id, entity] of this.entities) kb.addEntity(id, entity);
    for (const [alias, candidates] of this.aliases)
      kb.addAlias(alias, [...candidates.keys()], [...candidates.values()]);
    return kb;
  }
}

type Change = (kb: InMemoryLookupKB | Model) => unknown;

const TEXTS = ["Adam", "ADAM", "Adams", "Zürich", "🍎 pie", "e\u0301", "new york", "york"];
const IDS = ["Q1", "🍎", "e\u0301", "Q2", "Adam"];
const id = fc.constantFrom(...IDS);
const text = fc.constantFrom(...TEXTS);
const entity = fc.record(
  {
    freq: fc.constantFrom(0, 1, 2.5),
    name: text,
    description: fc.constantFrom("", "a city", "日本 \r\n"),
    type: fc.constantFrom("", "PER", "GPE", "LOC"),
    vector: fc.tuple(fc.constantFrom(0, 1, -2), fc.constantFrom(0.5, 3)),
  },
  { requiredKeys: ["vector"] },
);
const candidates = fc
  .array(fc.tuple(id, fc.constantFrom(0, 0.125, 0.5)), { maxLength: 3 })
  .map((pairs) => new Map(pairs));

function aliasChange(method: "addAlias" | "setAlias" | "updateAlias"): fc.Arbitrary<Change> {
  return fc.tuple(text, candidates).map(([alias, map]) => (kb) => {
    return kb instanceof Model
      ? kb[method](alias, map)
      : kb[method](alias, [...map.keys()], [...map.values()]);
  });
}

const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(id, entity).map(
      ([id, values]): Change =>
        (kb) =>
          kb.addEntity(id, values),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(id, entity).map(
      ([id, values]): Change =>
        (kb) =>
          kb.updateEntity(id, values),
    ),
  },
  fc.array(id, { maxLength: 2 }).map(
    (ids): Change =>
      (kb) =>
        kb.removeEntities(ids),
  ),
  fc.tuple(fc.uniqueArray(id, { minLength: 3, maxLength: 5 }), fc.constantFrom(1, 2)).map(
    ([ids, freq]): Change =>
      (kb) => {
        if (kb instanceof Model) return kb.setEntities(ids, freq);
        return kb.setEntities(ids, { freqs: ids.map(() => freq), vectors: ids.map(() => [freq, 1]) });
      },
  ),
  { weight: 4, arbitrary: aliasChange("addAlias") },
  { weight: 2, arbitrary: aliasChange("setAlias") },
  aliasChange("updateAlias"),
  {
    weight: 4,
    arbitrary: fc.tuple(text, id, fc.constantFrom(0, 0.25, 0.5)).map(
      ([alias, id, prior]): Change =>
        (kb) =>
          kb.appendAlias(alias, id, prior),
    ),
  },
  fc.array(text, { maxLength: 2 }).map(
    (aliases): Change =>
      (kb) =>
        kb.removeAliases(aliases),
  ),
);

/** Some entities and then many changes, of which few are refused. */
const changes = fc.array(change, { maxLength: 40, size: "max" }).map((more): Change[] => [
  ...IDS.slice(0, 4).map(
    (id): Change =>
      (kb) =>
        kb.addEntity(id, EMPTY),
  ),
  ...more,
]);

/** The code that a change is refused with. */
function codeOf(change: Change, kb: InMemoryLookupKB | Model): string | undefined {
  try {
    change(kb);
  } catch (error) {
    if (error instanceof LinkwrightError) return error.code;
    if (kb instanceof Model) return (error as Error).message;
    throw error;
  }
  return undefined;
}

/** What every way of looking up finds. */
function lookUps(kb: InMemoryLookupKB): unknown {
  return [...TEXTS, "adam", "zurich", "Adamz", "new"].map((mention) => [
    kb.getCandidates(mention).map((c) => [c.entity_, c.alias_, c.priorProb, c.match, c.similarity]),
    [...kb.aliases.partial(mention)].map((alias) => kb.aliasStrings.at(alias)),
  ]);
}

const RUNS = { seed: 18, numRuns: 60 };

test("after each change the content is the model's, and what is found is found", () => {
  fc.assert(
    fc.property(changes, (changes) => {
      const kb = new InMemoryLookupKB({ entityVectorLength: 2 });
      const model = new Model();
      for (const one of changes) {
        assert.equal(codeOf(one, kb), codeOf(one, model));
        const built = model.build();
        assert.deepEqual(contentOf(kb), contentOf(built));
        assert.deepEqual(lookUps(kb), lookUps(built));
      }
    }),
    RUNS,
  );
});

test("the same content has the same bytes, however it came about", async () => {
  await fc.assert(
    fc.asyncProperty(changes, fc.nat(40), async (changes, middle) => {
      let kb = new InMemoryLookupKB({ entityVectorLength: 2 });
      const model = new Model();
      for (const [i, one] of changes.entries()) {
        if (i === middle) kb = await InMemoryLookupKB.fromBytes(await kb.toBytes());
        codeOf(one, kb);
        codeOf(one, model);
      }
      assert.deepEqual(await kb.toBytes(), await model.build().toBytes());
    }),
    { ...RUNS, numRuns: 30 },
  );
});
