import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MentionCounts, mentionsOf } from "../../src/training/mention-counts.js";
import { marked, tinyKb } from "../fixtures.js";

describe("MentionCounts", () => {
  const kb = tinyKb();
  const row = (id: string): number => kb.entityIds.get(id);
  const docs = [
    marked("[Paris|Q1], [Paris|Q2], [PARIS|Q1], [Paris]"),
    marked("[Paris|NIL], [Oslo|Q404], [Paris|Q1]"),
  ];
  const counts = MentionCounts.of(docs, kb);

  it("counts mentions as written; NIL, unknown ids and what is not annotated are not linked", () => {
    assert.deepEqual(counts.get("Paris"), {
      mentions: 5,
      linked: 3,
      links: new Map([
        [row("Q1"), 2],
        [row("Q2"), 1],
      ]),
    });
    assert.deepEqual([counts.get("Oslo").mentions, counts.get("Oslo").linked], [1, 0]);
    assert.deepEqual(counts.get("Rome"), { mentions: 0, linked: 0, links: new Map() });
    assert.deepEqual([mentionsOf(counts.get("Paris"), true), mentionsOf(counts.get("Paris"), false)], [3, 5]);
  });

  it("puts names together under another key, and stays as it is", () => {
    const { mentions, linked, links } = counts.under((surface) => surface.toLowerCase()).get("paris");
    assert.deepEqual([mentions, linked, links.get(row("Q1")), links.get(row("Q2"))], [6, 4, 3, 1]);
    assert.equal(counts.get("Paris").links.get(row("Q1")), 2);
  });

  it("counts linked mentions by entity", () => {
    const entities = counts.entities();
    assert.deepEqual(
      [...entities].sort(),
      [
        [row("Q1"), 3],
        [row("Q2"), 1],
      ].sort(),
    );
  });
});
