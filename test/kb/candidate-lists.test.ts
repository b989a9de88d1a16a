import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { CandidateLists } from "../../src/kb/candidate-lists.js";

type List = (readonly [entity: number, prior: number])[];

/** The lists as they stand, each by its own place. */
function listsOf(lists: CandidateLists): List[] {
  return Array.from({ length: lists.size }, (_, row) => {
    const [start, end] = [lists.start(row), lists.end(row)];
    const priors = lists.priors.subarray(start, end);
    return Array.from(lists.entities.subarray(start, end), (entity, i) => [entity, priors[i] as number]);
  });
}

/** The lists as their columns say, which have no gaps. */
function columnsOf(lists: CandidateLists): List[] {
  const { offsets, entities, priors } = lists.toColumns();
  assert.deepEqual([offsets[0], offsets.at(-1)], [0, entities.length]);
  assert.equal(priors.length, entities.length);
  return Array.from({ length: offsets.length - 1 }, (_, row) =>
    Array.from(entities.subarray(offsets[row], offsets[row + 1]), (entity, i) => [
      entity,
      priors[(offsets[row] as number) + i] as number,
    ]),
  );
}

test("a list grows while empty ones stand behind it", () => {
  const lists = new CandidateLists();
  lists.push([7], [0.5]);
  lists.push([], []);
  lists.push([], []);
  lists.append(0, 8, 0.25);
  assert.deepEqual([...lists.toColumns().offsets], [0, 2, 2, 2]);
  lists.append(1, 9, 0.125);
  const expected = [
    [
      [7, 0.5],
      [8, 0.25],
    ],
    [[9, 0.125]],
    [],
  ];
  assert.deepEqual(listsOf(lists), expected);
  assert.deepEqual([...lists.toColumns().offsets], [0, 2, 3, 3]);
  assert.deepEqual(columnsOf(lists), expected);
});

test("the last list grows after another was moved behind it", () => {
  const lists = new CandidateLists();
  lists.push([1], [0.5]);
  lists.push([2], [0.5]);
  lists.append(0, 3, 0.25);
  lists.append(1, 4, 0.25);
  const expected = [
    [
      [1, 0.5],
      [3, 0.25],
    ],
    [
      [2, 0.5],
      [4, 0.25],
    ],
  ];
  assert.deepEqual(listsOf(lists), expected);
  assert.deepEqual(columnsOf(lists), expected);
});

test("a list that has moved to the end grows in place", () => {
  const lists = new CandidateLists();
  lists.push([0], [0]);
  lists.push([0], [0]);
  for (let entity = 1; entity <= 100; entity++) lists.append(0, entity, 0);
  assert.equal(lists.entities.length, 2 + 101);
});

test("does what arrays do, before and after its columns are taken over", () => {
  const entity = fc.nat({ max: 99 });
  const step = fc.oneof(
    fc.record({ push: fc.array(entity, { maxLength: 3 }) }),
    fc.record({ row: fc.nat(), entity }),
    fc.record({ row: fc.nat(), set: fc.array(entity, { maxLength: 3 }) }),
    fc.constant("columns" as const),
    fc.constant("reload" as const),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      let lists = new CandidateLists();
      const expected: List[] = [];
      const priorOf = (value: number): number => value / 128;
      for (const next of steps) {
        if (next === "columns") assert.deepEqual(columnsOf(lists), expected);
        else if (next === "reload") lists = CandidateLists.fromColumns(lists.toColumns());
        else if ("push" in next) {
          assert.equal(lists.push(next.push, next.push.map(priorOf)), expected.length);
          expected.push(next.push.map((value) => [value, priorOf(value)]));
        } else if (expected.length > 0) {
          const row = next.row % expected.length;
          if ("set" in next) {
            lists.set(row, next.set, next.set.map(priorOf));
            expected[row] = next.set.map((value) => [value, priorOf(value)]);
            continue;
          }
          lists.append(row, next.entity, priorOf(next.entity));
          expected[row]?.push([next.entity, priorOf(next.entity)]);
        }
        assert.deepEqual(listsOf(lists), expected);
      }
      assert.deepEqual(columnsOf(lists), expected);
    }),
    { seed: 7, numRuns: 500 },
  );
});
