import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { cloneWeights, type Weights } from "../../../src/tensor/weights.js";
import { flatten, unflatten, weightPlaces } from "../../../src/training/gpu/weight-places.js";

/** Weights of different lengths, no number twice. */
function someWeights(): Weights {
  let next = 1;
  const weight = (...shape: number[]) => {
    const length = shape.reduce((product, width) => product * width, 1);
    return { shape, values: Float32Array.from({ length }, () => next++) };
  };
  return new Map([
    ["embeddings", weight(4, 3)],
    ["score", weight(5, 1)],
    ["salience", weight(4)],
    ["nil_bias", weight(1)],
  ]);
}

describe("weightPlaces", () => {
  it("has each weight once, the sparse ones last", () => {
    const { places, dense, length } = weightPlaces(someWeights());
    assert.deepEqual(
      [...places],
      [
        ["score", 0],
        ["nil_bias", 5],
        ["embeddings", 6],
        ["salience", 18],
      ],
    );
    assert.equal(dense, 6);
    assert.equal(length, 22);
  });
});

describe("flatten", () => {
  it("puts numbers where the places are, and unflatten brings them back", () => {
    const weights = someWeights();
    const places = weightPlaces(weights);
    const flat = flatten(weights, places);
    assert.deepEqual([...flat.subarray(0, 7)], [13, 14, 15, 16, 17, 22, 1]);
    const other = cloneWeights(weights);
    for (const { values } of other.values()) values.fill(0);
    unflatten(flat, other, places);
    assert.deepEqual(other, weights);
  });

  it("reads and writes moments by the prefix of their names", () => {
    const weights = someWeights();
    const places = weightPlaces(weights);
    const prefixed = (): Weights =>
      new Map([...cloneWeights(weights)].map(([name, weight]) => [`m/${name}`, weight]));
    const moments = prefixed();
    assert.deepEqual(flatten(moments, places, "m/"), flatten(weights, places));
    unflatten(new Float32Array(places.length), moments, places, "m/");
    assert.ok([...moments.values()].every(({ values }) => values.every((value) => value === 0)));
  });
});
