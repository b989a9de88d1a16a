import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { inTurn } from "../../bench/measure/in-turn.js";

describe("inTurn", () => {
  it("tells of each but the last as it is done, and gives all", async () => {
    const told: string[] = [];
    const figures = await inTurn(["a", "b", "c"], {
      measure: async (name) => `${name}${told.length}`,
      report: (some) => some.join(),
      tell: (report) => told.push(report),
    });
    assert.deepEqual(figures, ["a0", "b1", "c2"]);
    assert.deepEqual(told, ["a0", "b1"]);
  });

  it("has told what came before a failure", async () => {
    const told: string[] = [];
    const measured = inTurn([1, 0], {
      measure: async (number) => {
        if (number === 0) throw new RangeError("none");
        return number;
      },
      report: String,
      tell: (report) => told.push(report),
    });
    await assert.rejects(measured, RangeError);
    assert.deepEqual(told, ["1"]);
  });
});
