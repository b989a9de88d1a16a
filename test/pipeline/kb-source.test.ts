import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { kbSource } from "../../src/pipeline/kb-source.js";
import { tinyKb } from "../fixtures.js";
import { smallKb } from "../kb/small-kb.js";

const kb = tinyKb();
kb.addAlias("New Paris Texas", ["Q2"], [1]);
kb.addAlias("PARIS", ["Q3"], [0.9]);

const shown = async (mention: string): Promise<unknown[]> => {
  const [candidates = []] = await kbSource(kb).candidates([mention]);
  return candidates.map(({ id, prior = -1 }) => [id, Math.round(1000 * prior) / 1000]);
};

describe("kbSource", () => {
  it("gives what the knowledge base says of the entities that a mention may mean", async () => {
    assert.deepEqual(await kbSource(kb).candidates(["Zürich", "Michael Jordan"]), [
      [{ id: "Q8", title: "Zürich", url: "", text: "city of banks on a lake in Switzerland", prior: 1 }],
      [{ id: "Q5", title: "Michael Jordan", url: "", text: "basketball player", prior: 1 }],
    ]);
  });

  it("takes exact and normalised aliases together, an entity once, by the alias as written", async () => {
    assert.deepEqual(await shown("Paris"), [
      ["Q1", 0.7],
      ["Q2", 0.2],
      ["Q3", 0.1],
    ]);
    assert.deepEqual(await shown("zurich"), [["Q8", 0.95]]);
  });

  it("takes a plural, one word more, and similar letters only where there is nothing closer", async () => {
    assert.deepEqual(await shown("Jordans"), [
      ["Q4", 0.54],
      ["Q5", 0.36],
    ]);
    assert.deepEqual(await shown("Paris Texas"), [["Q2", 0.3]]);
    const [[id, prior] = []] = (await shown("Micheal Jordan")) as [string, number][];
    assert.equal(id, "Q5");
    assert.ok(prior !== undefined && prior > 0.3 && prior < 0.5, String(prior));
    assert.deepEqual(await shown("Bergen"), []);
    assert.deepEqual(await shown(""), []);
  });

  it("names an entity without a name by its id, and keeps to the limit", async () => {
    const { kb: small } = smallKb();
    small.addEntity("Q9");
    small.addAlias("nine", ["Q9", "Q1"], [0.5, 0.4]);
    const [candidates] = await kbSource(small, { limit: 1 }).candidates(["nine"]);
    assert.deepEqual(candidates, [{ id: "Q9", title: "Q9", url: "", text: "", prior: 0.5 }]);
  });

  it("refuses what is no text, unknown options, and a call that was ended", async () => {
    await assert.rejects(kbSource(kb).candidates([undefined as unknown as string]), { code: "L220" });
    assert.throws(() => kbSource(kb, { max: 3 } as object), { code: "L001" });
    await assert.rejects(kbSource(kb).candidates(["Paris"], { signal: AbortSignal.abort() }), {
      name: "AbortError",
    });
  });
});
