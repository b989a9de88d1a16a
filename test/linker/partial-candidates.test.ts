import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { findCandidates } from "../../src/linker/candidates.js";
import { CANDIDATE_DEFAULTS } from "../../src/linker/options.js";
import { LeaveOneOut } from "../../src/training/leave-one-out.js";
import { marked } from "../fixtures.js";

const PLACES = ["North", "South", "East", "West", "Upper", "Lower", "Old", "New", "Little"];

describe("partial candidates of a training document", () => {
  it("don't depend on its own gold, though its count is in the knowledge base's frequencies", () => {
    const candidatesWith = (gold: string): string[] => {
      const docs = [
        marked(`[Springfield|${gold}]`),
        ...PLACES.map((place) => marked(`[${place} Springfield|${place}] [${place} Springfield|${place}]`)),
      ];
      const kb = new InMemoryLookupKB();
      for (const place of PLACES) kb.addEntity(place, { freq: place === gold ? 3 : 2 });
      for (const place of PLACES) kb.addAlias(`${place} Springfield`, [place], [1]);
      const [doc] = docs as [(typeof docs)[0]];
      const discount = new LeaveOneOut(kb, docs).discountFor(doc);
      const [mention] = findCandidates(doc, kb, CANDIDATE_DEFAULTS, discount);
      return Array.from(mention?.candidates.entities ?? [], (entity) => kb.entityIds.at(entity));
    };
    assert.deepEqual(candidatesWith("Little"), candidatesWith("North"));
  });
});
