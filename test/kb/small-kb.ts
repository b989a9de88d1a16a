import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { InMemoryLookupKB, type KbWarning } from "../../src/kb/in-memory-lookup-kb.js";

/** Three entities of length 3, as in spaCy's own tests of its knowledge base, and Zürich. */
export function smallKb(): { kb: InMemoryLookupKB; warnings: KbWarning[] } {
  const warnings: KbWarning[] = [];
  const kb = new InMemoryLookupKB({ entityVectorLength: 3, onWarning: (warning) => warnings.push(warning) });
  kb.addEntity("Q1", {
    freq: 27,
    vector: [8, 4, 3],
    name: "Douglas Adams",
    description: "English author",
    type: "PER",
  });
  kb.addEntity("Q2", {
    freq: 12,
    vector: [2, 1, 0],
    name: "Douglas",
    description: "a city of Douglas",
    type: "GPE",
  });
  kb.addEntity("Q3", { freq: 5, vector: [-1, -6, 5], name: "Adam", type: "PER" });
  kb.addEntity("Q72", {
    freq: 400,
    vector: [1, 1, 1],
    name: "Zürich",
    description: "Cities of the Swiss",
    type: "GPE",
  });
  kb.addAlias("douglas", ["Q2", "Q3"], [0.8, 0.1]);
  kb.addAlias("Douglas Adams", ["Q1"], [0.9]);
  kb.addAlias("adam", ["Q2"], [0.9]);
  kb.addAlias("Zürich", ["Q72"], [1]);
  return { kb, warnings };
}

/** A new folder that is removed after the test. */
export async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "linkwright-"));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The words of an entity. */
export function termsOf(kb: InMemoryLookupKB, row: number): string[] {
  const { terms, offsets, entityTerms } = kb.terms;
  const own = entityTerms.slice(offsets[row] as number, offsets[row + 1] as number);
  return Array.from(own, (term) => terms.at(term));
}

/** Everything that can be seen of a knowledge base, as plain values. */
export function contentOf(kb: InMemoryLookupKB): unknown {
  const entities = kb.getEntityStrings().map((id, row) => ({
    id,
    name: kb.name(row),
    description: kb.description(row),
    type: kb.types[kb.entityType[row] as number],
    freq: kb.freq[row],
    vector: [...kb.getVector(id)],
    aliases: [...kb.entityAliases(row)].map((alias) => kb.aliasStrings.at(alias)),
    terms: termsOf(kb, row),
  }));
  const aliases = kb.getAliasStrings().map((alias) => ({
    alias,
    candidates: kb.getAliasCandidates(alias).map(({ entity_, priorProb }) => [entity_, priorProb]),
  }));
  return { entities, aliases, types: kb.types, entityVectorLength: kb.entityVectorLength };
}
