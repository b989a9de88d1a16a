import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { AnsweredKB } from "../../src/pipeline/answered-kb.js";
import type { RankedCandidate } from "../../src/pipeline/ask-candidates.js";
import { assertClose } from "../fixtures.js";

const page = (title: string, prior: number, isByRank = true): RankedCandidate => ({
  id: title,
  title,
  url: "",
  text: "",
  prior,
  isByRank,
});

function asked(mention: string, pages: readonly RankedCandidate[]) {
  return new AnsweredKB(new Map([[mention, pages]])).getCandidates(mention);
}

describe("AnsweredKB", () => {
  it("believes the rank of a page the less, the worse it is called beside a better one", () => {
    const pages = [
      page("Steve Wozniak", 0.4),
      page("Steve Jobs (film)", 0.3),
      page("The world of Steve Jobs", 0.2),
      page("Steve Jobs", 0.1),
    ];
    const found = asked("Steve Jobs", pages);
    const shares = [0.4 * 0.3, 0.3 * 0.3, 0.2 * 0.5, 0.1];
    const sum = shares.reduce((a, b) => a + b, 0);
    assertClose(
      found.map(({ priorProb }) => priorProb),
      shares.map((share) => share / sum),
      1e-6,
    );
    assert.deepEqual(
      found.map(({ match, similarity }) => [match, similarity]),
      [
        ["partial", 0.3],
        ["exact", 1],
        ["exact", 1],
        ["exact", 1],
      ],
    );
  });

  it("compares with the best called that there is, and a place behind a comma is no part of the name", () => {
    const found = asked("Paris", [page("City of Paris", 0.5), page("Paris Hilton", 0.5)]);
    assert.deepEqual(
      found.map(({ priorProb, match }) => [priorProb, match]),
      [
        [0.5, "exact"],
        [0.5, "exact"],
      ],
    );
    const [texas, hilton] = asked("Paris", [page("Paris, Texas", 0.5), page("Paris Hilton", 0.5)]);
    assertClose([texas?.priorProb ?? 0, hilton?.priorProb ?? 0], [2 / 3, 1 / 3], 1e-6);
  });

  it("leaves priors alone that the source knows", () => {
    const pages = [page("Big Apple", 0.7, false), page("New York City", 0.2, false)];
    assert.deepEqual(
      asked("Big Apple", pages).map(({ priorProb, match }) => [priorProb, match]),
      [
        [0.7, "exact"],
        [0.2, "exact"],
      ],
    );
  });
});
