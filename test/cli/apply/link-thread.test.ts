import assert from "node:assert/strict";
import { before, describe, it, type TestContext } from "node:test";
import type { Batch } from "../../../src/cli/apply/batches.js";
import { LinkThread } from "../../../src/cli/apply/link-thread.js";
import { bundleFor, readBaseModel } from "../../../src/linker/base-model.js";
import { type SharedModel, shareModel } from "../../../src/server/shared-model.js";
import { tinyKb } from "../../fixtures.js";

const DATA = {
  backend: "wasm",
  changes: {},
  code: undefined,
  options: { candidates: false, detect: false, output: "out.jsonl" },
} as const;
const GOOD = JSON.stringify({ text: "Zürich", ents: [{ start: 0, end: 6 }] });

const batchOf = (content: string): Batch => [{ file: "in.jsonl", line: 7, content }];

describe("LinkThread", () => {
  let model: SharedModel;
  before(async () => {
    model = await shareModel(bundleFor(tinyKb(), await readBaseModel()), "wasm");
  });

  function start(t: TestContext, opened = model): LinkThread {
    const thread = new LinkThread(DATA);
    t.after(() => thread.close());
    thread.open(opened);
    return thread;
  }

  it("tells of a batch that is wrong by its code and place, and links the next", async (t) => {
    const thread = start(t);
    const linked = [batchOf('{"text": 3}'), batchOf(GOOD)].map((batch) => thread.link(batch));
    assert.equal(thread.load, 2);
    await assert.rejects(linked[0] as Promise<string>, {
      name: "LinkwrightError",
      code: "L102",
      message: "[L102] in.jsonl:7: text must be a string, found 3.",
    });
    assert.match((await linked[1]) as string, /"kb_id":"Q8"/);
    assert.equal(thread.load, 0);
  });

  it("tells with the first batch that its model can't be opened", async (t) => {
    const thread = start(t, { ...model, files: new Map() });
    await assert.rejects(thread.link(batchOf(GOOD)), { name: "LinkwrightError", code: "L402" });
  });

  it("that has ended is an error of each batch: L857", async (t) => {
    const thread = start(t);
    const [asked] = await Promise.allSettled([thread.link(batchOf(GOOD)), thread.close()]);
    assert.equal(asked.status === "rejected" && asked.reason.code, "L857");
    await assert.rejects(thread.link(batchOf(GOOD)), { name: "LinkwrightError", code: "L857" });
  });
});
