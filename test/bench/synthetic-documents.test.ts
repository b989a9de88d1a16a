import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { writeSyntheticSource } from "../../bench/made-up/synthetic-kb.js";
import { type DocumentLine, syntheticDocuments } from "../../bench/scale/synthetic-documents.js";
import { readKbSource } from "../../src/kb/source.js";
import { NIL } from "../../src/text/doc.js";
import { suiteFolder } from "../fixtures.js";

describe("syntheticDocuments", async () => {
  const folder = suiteFolder();
  await writeSyntheticSource(folder, 5000);
  const kb = await readKbSource(folder);
  const make = (seed: number, part = "train"): DocumentLine[] => [
    ...syntheticDocuments(kb, { mentions: 300, seed, part }),
  ];
  const documents = make(1);
  const mentions = documents.flatMap(({ text, ents }) =>
    ents.map(({ start, end, kb_id: id }) => ({ name: text.slice(start, end), id })),
  );

  it("gives the same documents for the same seed, and others for another or for dev", () => {
    assert.deepEqual(make(1), documents);
    assert.notDeepEqual(make(2), documents);
    assert.notDeepEqual(make(1, "dev"), documents);
  });

  it("annotates names with one of their candidates, or NIL", () => {
    for (const { name, id } of mentions.filter((mention) => mention.id !== NIL)) {
      assert.ok(
        kb.getAliasCandidates(name).some(({ entity_ }) => entity_ === id),
        `${name} is not ${id}`,
      );
    }
  });

  it("has names that mean several entities, names that priors mislead on, and names of nothing known", () => {
    const best = ({ name }: { name: string }): string => {
      const ranked = [...kb.getAliasCandidates(name)].sort((a, b) => b.priorProb - a.priorProb);
      return ranked[0]?.entity_ ?? NIL;
    };
    const share = (count: number): number => count / mentions.length;
    const several = mentions.filter(({ name }) => kb.getAliasCandidates(name).length > 1).length;
    const misled = mentions.filter((mention) => mention.id !== NIL && best(mention) !== mention.id).length;
    const nil = mentions.filter(({ id }) => id === NIL).length;
    assert.ok(mentions.length >= 300 && mentions.length < 313);
    assert.ok(share(several) > 0.05 && share(misled) > 0.01, `${several} and ${misled}`);
    assert.ok(share(nil) > 0.02 && share(nil) < 0.2, `${nil}`);
  });
});
