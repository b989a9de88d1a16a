import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { KnownNames } from "../../src/mentions/known-names.js";

function kbOfTurkeys(): InMemoryLookupKB {
  const kb = new InMemoryLookupKB();
  kb.addEntity("country", { name: "Turkey", type: "GPE", freq: 30 });
  kb.addEntity("bird", { name: "turkey", freq: 70 });
  kb.addEntity("never", { name: "Turkey, Texas", type: "GPE", freq: 5 });
  kb.addAlias("Turkey", ["bird", "country", "never"], [0.25, 0.75, 0]);
  kb.addAlias("TURKEY", ["bird"], [0.5]);
  return kb;
}

describe("KnownNames", () => {
  const names = new KnownNames(kbOfTurkeys());
  const entropy = -(0.25 * Math.log(0.25) + 0.75 * Math.log(0.75));

  it("tells best prior, entropy, candidates and highest frequency of a name, and the likeliest entity's type", () => {
    const facts = names.get({ alias: 0 }, "Turkey");
    assert.ok(Math.abs(facts.entropy - entropy) < 1e-12);
    const { label, bestPrior, candidates, frequency } = facts;
    assert.deepEqual(
      { label, bestPrior, candidates, frequency },
      {
        label: "GPE",
        bestPrior: 0.75,
        candidates: 3,
        frequency: 70,
      },
    );
    assert.equal(names.get({ alias: 1 }, "TURKEY").label, "ENTITY", "the bird has no type");
  });

  it("knows main names as they are written", () => {
    assert.equal(names.get({ alias: 0 }, "Turkey").isMainName, true);
    assert.equal(names.get({ alias: 1 }, "TURKEY").isMainName, false);
    assert.equal(names.get({ alias: 0 }, "turkeys").isMainName, false, "though it is the same alias");
  });

  it("reads a name once", () => {
    assert.equal(names.get({ alias: 0 }, "Turkey"), names.get({ alias: 0 }, "Turkey"));
  });
});
