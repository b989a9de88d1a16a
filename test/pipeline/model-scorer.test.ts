import assert from "node:assert/strict";
import { appendFileSync } from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { createLinker } from "../../src/pipeline/create-linker.js";
import { kbSource } from "../../src/pipeline/kb-source.js";
import { linkwright, suiteFolder, tinyKb, writeCorpus } from "../fixtures.js";
import { exampleWiki } from "./example-wiki.js";

describe("a model that was trained with a precision and sets", () => {
  const folder = suiteFolder();
  const model = join(folder, "model");
  before(() => {
    const { config } = writeCorpus(folder);
    appendFileSync(config, "\n[decide]\nprecision = 0.95\nset_size = 3\n");
    const { status, stderr } = linkwright(["train", config, "-o", model]);
    assert.equal(status, 0, stderr);
  });

  it("takes a threshold in place of both, over its knowledge base and over other candidates", async () => {
    for (const candidates of [undefined, kbSource(tinyKb()), exampleWiki()]) {
      const reasonAt = async (threshold: number) => {
        const linker = await createLinker({ model, candidates, threshold, nSents: 1 });
        const [link] = await linker.link("Apple fell.", { spans: [{ start: 0, end: 5 }] });
        return link?.reason;
      };
      assert.equal(await reasonAt(1), "below_threshold");
    }
  });
});

describe("the model that ships, over what a search finds", () => {
  const springfields = (count: number) =>
    Array.from({ length: count }, (_, i) => {
      const state = String.fromCharCode(65 + i);
      return { id: state, title: `Springfield, ${state}`, url: "", text: "Town." };
    });

  it("links the likeliest page, and none where so many are alike that it has less than a fifth", async () => {
    const linkAmong = async (count: number, threshold?: number) => {
      const candidates = { candidates: async () => [springfields(count)] };
      const linker = await createLinker({ candidates, threshold });
      const [link] = await linker.link("He lived in Springfield.", { spans: [{ start: 12, end: 23 }] });
      return [link?.reason, (link?.candidates[0]?.score ?? 0) > 0.2];
    };
    assert.deepEqual(await linkAmong(8), ["linked", true]);
    assert.deepEqual(await linkAmong(20), ["below_threshold", false]);
    assert.deepEqual(await linkAmong(20, 0.05), ["linked", false]);
  });
});
