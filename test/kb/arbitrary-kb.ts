/** Any knowledge base, as the rows that it is made of, and what must hold of every knowledge base that was read. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { oddId, oddText, wellFormed } from "../arbitraries.js";

export interface EntityRow {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly type: string;
  readonly freq: number;
  /** [2] */
  readonly vector: readonly number[];
}

export interface AliasRow {
  readonly alias: string;
  readonly entities: readonly string[];
  readonly probabilities: readonly number[];
}

export interface KbRows {
  readonly entities: readonly EntityRow[];
  readonly aliases: readonly AliasRow[];
}

/** A number of single precision, without a sign of zero. */
const single = (range: fc.FloatConstraints = {}) =>
  fc.float({ noNaN: true, noDefaultInfinity: true, ...range }).map((value) => value + 0);

const entityRow: fc.Arbitrary<EntityRow> = fc.record(
  {
    id: oddId(),
    name: oddText({ maxLength: 4 }),
    description: oddText(),
    type: oddText({ maxLength: 1 }),
    freq: single({ min: 0 }),
    vector: fc.array(single(), { minLength: 2, maxLength: 2 }),
  },
  { noNullPrototype: true },
);

/** Entities and aliases of different strings, once lone surrogates are U+FFFD. An alias may have no entity. */
export const kbRows: fc.Arbitrary<KbRows> = fc
  .uniqueArray(entityRow, { maxLength: 7, selector: ({ id }) => wellFormed(id) })
  .chain((entities) => {
    const candidates = fc.subarray(entities.map(({ id }) => id)).chain((ids) => {
      return fc.tuple(...ids.map((id) => fc.tuple(fc.constant(id), fc.nat(9))));
    });
    const alias = fc.record({ alias: oddText({ minLength: 1, maxLength: 3 }), candidates, share: fc.nat(4) });
    return fc
      .uniqueArray(alias, { maxLength: 6, selector: ({ alias: text }) => wellFormed(text) })
      .map((aliases) => ({ entities, aliases: aliases.map(aliasRow) }));
  });

function aliasRow(row: {
  readonly alias: string;
  readonly candidates: readonly (readonly [id: string, weight: number])[];
  readonly share: number;
}): AliasRow {
  const sum = row.candidates.reduce((total, [, weight]) => total + weight, 0) || 1;
  const probabilities = row.candidates.map(([, weight]) => ((weight / sum) * row.share) / 4);
  return { alias: row.alias, entities: row.candidates.map(([id]) => id), probabilities };
}

/** Rows of which one alias has 1,000 candidates and one has none. */
export function manyCandidates(): KbRows {
  const ids = Array.from({ length: 1000 }, (_, i) => `Q${i}`);
  const entity = { name: "", description: "🍎", type: "", freq: 1, vector: [0.5, -1] };
  return {
    entities: ids.map((id) => ({ ...entity, id })),
    aliases: [
      { alias: "all", entities: ids, probabilities: ids.map(() => 1 / 1000) },
      { alias: "none", entities: [], probabilities: [] },
    ],
  };
}

export function kbOf({ entities, aliases }: KbRows): InMemoryLookupKB {
  const kb = new InMemoryLookupKB({ entityVectorLength: 2 });
  for (const { id, ...entity } of entities) kb.addEntity(id, entity);
  for (const { alias, entities: ids, probabilities } of aliases) kb.addAlias(alias, ids, probabilities);
  return kb;
}

/** The rows of a knowledge base: what was given for it, but for lone surrogates and single precision. */
export function rowsOf(kb: InMemoryLookupKB): KbRows {
  return {
    entities: kb.getEntityStrings().map((id, row) => ({
      id,
      name: kb.name(row),
      description: kb.description(row),
      type: kb.types[kb.entityType[row] as number] as string,
      freq: kb.freq[row] as number,
      vector: [...kb.getVector(id)],
    })),
    aliases: kb.getAliasStrings().map((alias, row) => {
      const [start, end] = [kb.candidateStart(row), kb.candidateEnd(row)];
      const entities = [...kb.candidateEntities.subarray(start, end)].map((entity) =>
        kb.entityIds.at(entity),
      );
      return { alias, entities, probabilities: [...kb.candidatePriors.subarray(start, end)] };
    }),
  };
}

/** Rows as a knowledge base keeps them: UTF-8 and single precision. */
export function kept({ entities, aliases }: KbRows): KbRows {
  return {
    entities: entities.map(({ id, name, description, type, ...numbers }) => ({
      id: wellFormed(id),
      name: wellFormed(name),
      description: wellFormed(description),
      type, // stands in meta.json, which escapes lone surrogates
      ...numbers,
    })),
    aliases: aliases.map(({ alias, entities: ids, probabilities }) => ({
      alias: wellFormed(alias),
      entities: ids.map(wellFormed),
      probabilities: probabilities.map(Math.fround),
    })),
  };
}

/** What everything that works on a knowledge base takes for granted. */
export function assertSound(kb: InMemoryLookupKB): void {
  const { entities, aliases } = rowsOf(kb);
  for (const { id, freq, vector } of entities) {
    assert.ok(id !== "" && id !== "NIL", id);
    assert.ok(freq >= 0 && [freq, ...vector].every(Number.isFinite), `${id}: ${freq}, ${vector}`);
  }
  for (const { alias, entities: ids, probabilities } of aliases) {
    assert.ok(alias !== "" && new Set(ids).size === ids.length, alias);
    assert.ok(
      probabilities.every((probability) => probability >= 0),
      alias,
    );
    const sum = probabilities.reduce((total, probability) => total + probability, 0);
    assert.ok(sum <= 1.00002, `${alias}: ${sum}`);
    assert.equal(kb.getAliasCandidates(alias).length, ids.length);
  }
}
