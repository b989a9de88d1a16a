import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { RateTable } from "../../src/mentions/rate-table.js";

const logit = (right: number, seen: number): number => Math.log(right / (seen - right));

describe("RateTable", () => {
  const table = RateTable.of(
    [
      ["Paris", true],
      ["Paris", true],
      ["Paris", false],
      ["Will", false],
    ],
    0.5,
  );

  it("draws the rate of a key towards the common one, and knows nothing else of a new key", () => {
    assert.equal(table.logOdds("Paris", 2), logit(2 + 1, 3 + 2));
    assert.equal(table.logOdds("Will", 2), logit(0 + 1, 1 + 2));
    assert.equal(table.logOdds("Jordan", 2), 0);
  });

  it("leaves out what the text itself contributed", () => {
    const own = RateTable.of([["Paris", true]]);
    assert.equal(table.logOdds("Paris", 2, own), logit(1 + 1, 2 + 2));
  });

  it("keeps keys that were seen so often, no less", () => {
    assert.equal(table.atLeast(3).logOdds("Paris", 2), table.logOdds("Paris", 2));
    assert.equal(table.atLeast(4).logOdds("Paris", 2), 0);
  });
});
