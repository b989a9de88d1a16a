/** Detectors may be anybody's: what they give is looked at as spans are that callers give. */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import type { MentionDetector } from "../../src/mentions/mention-detector.js";
import { priorScorer } from "../../src/pairs/prior-scorer.js";
import { createLinker } from "../../src/pipeline/create-linker.js";
import type { TextLinks } from "../../src/pipeline/text-link.js";
import { exampleWiki } from "./example-wiki.js";

const TEXT = "Apple 🍎 of Tim Cook";

async function linksBy(found: unknown): Promise<TextLinks> {
  const detector = { detect: () => found } as MentionDetector;
  return (await createLinker({ candidates: exampleWiki(), scorer: priorScorer(), detector })).link(TEXT);
}

describe("a detector of one's own", () => {
  it("may give spans in any order, without a label, and with more than is asked", async () => {
    const links = await linksBy([
      { start: 12, end: 20, score: 0.5, text: "Tim Cook" },
      { start: 0, end: 5, label: null, kbId: "Q1" },
    ]);
    assert.deepEqual(
      links.map(({ mention, label, kbId }) => [mention, label, kbId]),
      [
        ["Apple", "", "Apple"],
        ["Tim Cook", "", "Tim_Cook"],
      ],
    );
  });

  it("is told which of its spans are none", async () => {
    const wrong: [unknown, string, RegExp][] = [
      [undefined, "L102", /the detector: what detect\(\) gives must be a list of spans, found nothing/],
      [{ start: 0, end: 5 }, "L102", /must be a list of spans/],
      [[undefined], "L102", /the detector's spans: ents\[0\] must be/],
      [[{ start: "0", end: 5 }], "L102", /the detector's spans: ents\[0\]\.start must be an integer/],
      [[{ start: 0, end: 5, label: 7 }], "L102", /ents\[0\]\.label must be a string/],
      [[{ start: 0, end: 99 }], "L103", /the detector's spans: ents\[0\] is 0 to 99/],
      [[{ start: 5, end: 5 }], "L103", /ents\[0\] is 5 to 5/],
      [[{ start: 0, end: 7 }], "L104", /ents\[0\] cuts a character in two at offset 7/],
      [
        [
          { start: 0, end: 5 },
          { start: 3, end: 6 },
        ],
        "L105",
        /ents\[0\] .* and ents\[1\] .* overlap/,
      ],
    ];
    for (const [found, code, message] of wrong) await assert.rejects(linksBy(found), { code, message });
  });
});
