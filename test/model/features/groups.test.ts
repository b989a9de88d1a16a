/**
 * Features of hand-made documents over the fixtures' knowledge base of 8 entities. A word in one of them has the idf
 * ln(9 / 2), in two ln(9 / 3), in three ln(9 / 4).
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { FEATURE_GROUP_NAMES, FEATURE_GROUPS, featureColumns } from "../../../src/model/features/groups.js";
import type { Doc } from "../../../src/text/doc.js";
import { marked, tinyKb } from "../../fixtures.js";
import {
  ALL_FEATURES as ALL,
  type FeaturizerSetting,
  featureRows,
  memoryOf,
  rareWords,
} from "../feature-rows.js";

const ONE = Math.log(9 / 2);
const TWO = Math.log(9 / 3);
const THREE = Math.log(9 / 4);

/** Asserts some of the features of a mention's candidates, by id. */
function assertFeatures(
  doc: Doc,
  mention: number,
  expected: Readonly<Record<string, Readonly<Record<string, number>>>>,
  setting: Partial<FeaturizerSetting> = {},
): void {
  const rows = featureRows(doc, mention, { kb: tinyKb(), ...setting });
  for (const [id, features] of Object.entries(expected)) {
    const found = rows.get(id);
    assert.ok(found, `${id} is a candidate`);
    for (const [name, value] of Object.entries(features)) {
      assert.ok(name in found, `there is a feature ${name}`);
      assert.ok(
        Math.abs((found[name] as number) - value) < 1e-5,
        `${name} of ${id}: ${found[name]}, not ${value}`,
      );
    }
  }
}

describe("feature groups", () => {
  it("name every feature differently and say its formula", () => {
    const columns = featureColumns(FEATURE_GROUP_NAMES, true);
    const names = columns.map(({ name }) => name);
    assert.deepEqual([...new Set(names)], names);
    for (const { name, formula } of columns) {
      assert.match(name, /^[a-z]+(_[a-z]+)*$/);
      assert.ok(formula.length > 3, `${name} has a formula`);
    }
  });

  it("write the columns that they list and no other", () => {
    const doc = marked("Sing, [Paris Hilton|Q3]! [Paris|Q3], and the king of [Jordan|Q4] in Amman.");
    const kb = tinyKb();
    const vocabulary = rareWords(["king", "amman", "sing"]);
    const all = featureRows(doc, 1, { kb, vocabulary, memory: memoryOf([doc, doc], kb, vocabulary) });
    for (const group of FEATURE_GROUP_NAMES) {
      const { features } = FEATURE_GROUPS[group];
      for (const [id, row] of all) {
        const alone = featureRows(doc, 1, {
          kb,
          vocabulary,
          memory: memoryOf([doc, doc], kb, vocabulary),
          model: { ...groupAlone(group) },
        }).get(id) as Record<string, number>;
        assert.deepEqual(
          Object.keys(alone),
          features.map(({ name }) => name),
        );
        for (const [name, value] of Object.entries(alone)) assert.equal(value, row[name], `${name} of ${id}`);
      }
    }
  });

  it("relative twins measure each feature against its best among the candidates, but for those of the mention", () => {
    const plain = featureColumns(FEATURE_GROUP_NAMES, false);
    const columns = featureColumns(FEATURE_GROUP_NAMES, true);
    const twins = plain.filter(({ group }) => !("perMention" in FEATURE_GROUPS[group]));
    assert.ok(twins.length > 30 && twins.length < plain.length);
    assert.equal(columns.length, plain.length + twins.length);
    const rows = [...featureRows(marked("Seine and [Paris|Q1]"), 0, { kb: tinyKb() }).values()];
    assert.equal(rows.length, 3);
    for (const { name, relativeTo } of columns) {
      if (relativeTo === undefined) continue;
      const base = columns[relativeTo]?.name as string;
      const best = Math.max(...rows.map((row) => row[base] as number));
      for (const row of rows) assert.equal(row[name], Math.fround((row[base] as number) - best), name);
    }
  });
});

function groupAlone(group: keyof typeof FEATURE_GROUPS) {
  return { ...ALL, features: [group], relativeFeatures: false };
}

describe("prior, frequency and match", () => {
  it("by hand for an ambiguous name", () => {
    const common = {
      candidates: Math.log(3) / 2,
      is_only: 0,
      prior_mass: 1,
      match_exact: 1,
      match_similarity: 1,
    };
    assertFeatures(marked("[Paris|Q1]"), 0, {
      Q1: {
        ...common,
        prior: 0.7,
        prior_logit: Math.log(0.7 / 0.3) / 3,
        prior_to_best: 0,
        is_first: 1,
        inverse_rank: 1,
        frequency: Math.log(51) / 8,
        frequency_to_best: 0,
      },
      Q2: {
        ...common,
        prior: 0.2,
        prior_logit: Math.log(0.2 / 0.8) / 3,
        prior_to_best: Math.log(0.2 / 0.7) / 3,
        is_first: 0,
        inverse_rank: 1 / 2,
        frequency: Math.log(11) / 8,
        frequency_to_best: Math.log(11 / 51) / 3,
      },
      Q3: { ...common, prior: 0.1, inverse_rank: 1 / 3 },
    });
  });

  it("by hand for a name found by another spelling: its prior is believed less", () => {
    assertFeatures(marked("[zurich|Q8]"), 0, {
      Q8: {
        prior: 0.95,
        candidates: 0,
        is_only: 1,
        match_exact: 0,
        match_normalised: 1,
        match_trigram: 0,
        match_similarity: 1,
      },
    });
  });

  it("keep the logit of a certain prior finite", () => {
    assertFeatures(marked("[Zürich|Q8]"), 0, { Q8: { prior: 1, prior_logit: Math.log(999) / 3 } });
  });
});

describe("strings and shape", () => {
  it("compare the mention with the names", () => {
    assertFeatures(marked("[Paris|Q1]"), 0, {
      Q1: { same_name: 1, same_name_any_case: 1, name_similarity: 1, mention_in_name: 1, name_in_mention: 1 },
      // "  p", " pa", "par", "ari", "ris", "is " of "  paris " against 13 of "  paris hilton "
      Q3: {
        same_name: 0,
        same_name_any_case: 0,
        name_similarity: 6 / 13,
        mention_in_name: 1,
        name_in_mention: 0,
      },
    });
    assertFeatures(marked("[APPLE|Q6]"), 0, {
      Q7: { same_name: 0, same_name_any_case: 1, name_similarity: 1 },
    });
  });

  it("count a word that a mention has twice once", () => {
    const kb = tinyKb();
    kb.addAlias("Paris, Paris", ["Q1"], [1]);
    assertFeatures(
      marked("[Paris, Paris|Q1]"),
      0,
      { Q1: { mention_in_name: 1, name_in_mention: 1 } },
      { kb },
    );
  });

  it("tell how the mention is written and what stands beside it", () => {
    const shape = (text: string, mention = 0): Record<string, number> =>
      featureRows(marked(text), mention, { kb: tinyKb() }).values().next().value as Record<string, number>;
    const assertShape = (text: string, expected: Readonly<Record<string, number>>): void => {
      const found = shape(text);
      for (const [name, value] of Object.entries(expected)) {
        assert.ok(
          Math.abs((found[name] as number) - value) < 1e-6,
          `${name} in "${text}": ${found[name]}, not ${value}`,
        );
      }
    };
    assertShape("[PARIS]", { upper_case: 1, lower_case: 0, mention_length: 0.5, begins_sentence: 1 });
    assertShape("in [paris]", { upper_case: 0, lower_case: 1, begins_sentence: 0 });
    assertShape("in [Paris]", { upper_case: 0, lower_case: 0, after_capital: 0, before_capital: 0 });
    assertShape("by Miss [Paris] Smith", { after_capital: 1, before_capital: 1 });
    assertShape("by Miss, [Paris] the", { after_capital: 0, before_capital: 0 });
    assertShape("It rained. [Paris]-Nord was wet.", {
      begins_sentence: 1,
      before_capital: 1,
      after_capital: 0,
    });
  });
});

describe("overlap and position", () => {
  // Tokens: the 0, seine 1, flow 2, through 3, [paris 4]. lamar 5, county 6, is 7, far 8.
  const doc = marked("The Seine flows through [Paris|Q1]. Lamar County is far.");
  const lamarCounty = 2 * ONE;

  it("weigh by idf the words of name and description in sentence, window and document", () => {
    // Q1: paris THREE, capital TWO, city TWO, of THREE, france ONE, on TWO, the TWO, seine ONE
    const massOfQ1 = 2 * THREE + 4 * TWO + 2 * ONE;
    // Q2: paris THREE, texas ONE, town ONE, in TWO, lamar ONE, county ONE
    const massOfQ2 = THREE + 4 * ONE + TWO;
    assertFeatures(doc, 0, {
      Q1: {
        in_sentence: Math.log1p(TWO + ONE),
        in_window: Math.log1p(TWO + ONE),
        in_document: Math.log1p(TWO + ONE),
        share_in_sentence: (TWO + ONE) / (massOfQ1 + 2),
        name_in_sentence: 0,
      },
      Q2: {
        in_sentence: 0,
        in_window: Math.log1p(lamarCounty),
        in_document: Math.log1p(lamarCounty),
        share_in_sentence: 0,
        share_in_window: lamarCounty / (massOfQ2 + 2),
        share_in_document: lamarCounty / (massOfQ2 + 2),
      },
      Q3: { in_document: 0, share_in_document: 0 },
    });
  });

  it("end the window at 32 words, not the document", () => {
    const far = marked(`[Paris|Q1]${" so".repeat(31)} Seine, Lamar.`);
    assertFeatures(far, 0, {
      Q1: { in_window: Math.log1p(ONE), in_document: Math.log1p(ONE) },
      Q2: { in_window: 0, in_document: Math.log1p(ONE) },
    });
  });

  it("follow the mention's sentence for 60 words on either side, also where the window ends", () => {
    const so = (count: number): string => "so ".repeat(count);
    const after = marked(`[Paris|Q1] ${so(59)}Seine, Lamar.`);
    const before = marked(`Lamar, Seine ${so(59)}[Paris|Q1].`);
    for (const doc of [after, before]) {
      assertFeatures(doc, 0, {
        Q1: { in_sentence: Math.log1p(ONE), in_window: 0, in_document: Math.log1p(ONE) },
        Q2: { in_sentence: 0, in_window: 0, in_document: Math.log1p(ONE) },
      });
    }
    const otherSentence = marked(`[Paris|Q1] ${so(30)}. Seine ${so(20)}Lamar.`);
    assertFeatures(otherSentence, 0, {
      Q1: { in_sentence: 0, in_window: Math.log1p(ONE) },
      Q2: { in_sentence: 0, in_window: 0, in_document: Math.log1p(ONE) },
    });
  });

  it("find the name's other words, and the whole name", () => {
    assertFeatures(marked("Basketball: Michael met [Jordan|Q5]."), 0, {
      Q4: { name_in_sentence: 0, name_in_document: 0 },
      Q5: { name_in_sentence: 1 / 2, name_in_document: 0 },
    });
    assertFeatures(marked("Michael Jordan won. So [Jordan|Q5] said."), 0, {
      Q5: { name_in_sentence: 0, name_in_document: 1 },
    });
  });

  it("count nearer words more, by side, and neighbouring words together", () => {
    const left = ONE * Math.exp(-2 / 5) + TWO * Math.exp(-3 / 5);
    const right = ONE * (1 + Math.exp(-1 / 5));
    assertFeatures(doc, 0, {
      Q1: {
        adjacent: Math.log1p(ONE + TWO),
        decayed: Math.log1p(left),
        decayed_left: Math.log1p(left),
        decayed_right: 0,
        bigrams: 0,
      },
      Q2: {
        adjacent: Math.log1p(lamarCounty),
        decayed_left: 0,
        decayed_right: Math.log1p(right),
        bigrams: Math.log1p(lamarCounty),
      },
    });
  });

  it("count neighbours in the description that have one word between them here, and no more", () => {
    const bigrams = Math.log1p(lamarCounty);
    assertFeatures(marked("[Paris|Q2], Lamar Zürich County"), 0, { Q2: { bigrams } });
    assertFeatures(marked("[Paris|Q2], Lamar Zürich Switzerland County"), 0, { Q2: { bigrams: 0 } });
  });

  it("don't take a name's last word and a description's first for neighbours", () => {
    // Q3 is Paris Hilton, American heiress and star.
    const bigrams = Math.log1p(2 * ONE);
    assertFeatures(marked("[Paris|Q3], Hilton American heiress"), 0, { Q3: { bigrams } });
  });

  it("mark words that belong to other mentions", () => {
    assertFeatures(marked("[Paris|Q2] in [Lamar|NIL] County"), 0, {
      Q2: {
        in_mentions: Math.log1p(ONE),
        in_near_mentions: Math.log1p(ONE * Math.exp(-1 / 5)),
        decayed: Math.log1p(TWO + ONE * Math.exp(-1 / 5) + ONE * Math.exp(-2 / 5)),
      },
      Q1: { in_mentions: 0 },
    });
  });
});

describe("coherence", () => {
  it("counts terms that candidates of other names share, by their priors", () => {
    // Q8 shares city, of and on with Q1 (0.7), in with Q2 (0.2). Its own terms:
    // zürich, bank, lake, switzerland ONE; city, on, a, in TWO; of THREE
    const shared = (2 * TWO + THREE) * Math.log1p(0.7) + TWO * Math.log1p(0.2);
    const near = 2 / (1 + 10 / 40); // the mentions begin 10 characters apart
    assertFeatures(marked("[Paris|Q1] and [Zürich|Q8]"), 1, {
      Q8: {
        with_document: Math.log1p(shared),
        with_neighbours: Math.log1p(near * ((2 * TWO + THREE) * 0.7 + TWO * 0.2)),
        share_with_document: shared / (4 * ONE + 4 * TWO + THREE + 1),
        elsewhere: 0,
        longer_name: 0,
      },
    });
  });

  it("sets the mention's own name aside, however often it stands there", () => {
    assertFeatures(marked("[Paris|Q1] is [Paris|Q1] is [Paris|Q1]."), 1, {
      Q1: { with_document: 0, with_neighbours: 0, elsewhere: 0 },
    });
  });

  it("sees neighbours within 120 characters only", () => {
    const far = (gap: number): Doc => marked(`[Paris|Q1]${" ".repeat(gap)}[Zürich|Q8]`);
    const rowOf = (doc: Doc): Record<string, number> =>
      featureRows(doc, 1, { kb: tinyKb() }).get("Q8") as Record<string, number>;
    assert.ok((rowOf(far(115)).with_neighbours as number) > 0);
    assert.equal(rowOf(far(116)).with_neighbours, 0);
    assert.equal(rowOf(far(116)).with_document, rowOf(far(115)).with_document);
  });

  it("takes the strongest vote of several neighbours, whichever comes first", () => {
    // Q8 shares city, of and on with Q1 (0.7), in with Q2 (0.2), of and a with Q7 (0.2, as Apple).
    const votes = (paris: number, apple: number): number =>
      (2 * TWO + THREE) * 0.7 * paris + TWO * 0.2 * (paris + apple);
    const nearness = (distance: number): number => 2 / (1 + distance / 40);
    const [near, far] = [nearness(9), nearness(19)];
    assertFeatures(marked("[Apple|Q7] and [Paris|Q1] by [Zürich|Q8]"), 2, {
      Q8: { with_neighbours: Math.log1p(votes(near, far)) },
    });
    assertFeatures(marked("[Paris|Q1] and [Apple|Q7] by [Zürich|Q8]"), 2, {
      Q8: { with_neighbours: Math.log1p(votes(far, near)) },
    });
  });

  it("knows that a longer name of the document has the candidate", () => {
    assertFeatures(marked("[Paris Hilton|Q3] sang. [Paris|Q3] bowed."), 1, {
      Q3: { elsewhere: 1, longer_name: 1 },
      Q1: { elsewhere: 0, longer_name: 0 },
    });
  });
});

describe("memory", () => {
  const kb = tinyKb();
  const vocabulary = rareWords(["seine", "texa", "myth"]);
  const trained = [marked("Seine [Paris|Q1]"), marked("Texas [Paris|Q2]"), marked("[Paris|NIL] of myth")];

  it("counts and compares the training mentions of the name", () => {
    // "seine" and "texa" weigh the same, so that the context's cosine with each of the two remembered ones is 1 / √2.
    const cosine = Math.SQRT1_2;
    const votes = 2 * Math.exp(12 * cosine) + 1;
    const common = { name_seen: Math.log(4), nil_share: 1 / 4, nil_vote: 1 / votes };
    assertFeatures(
      marked("Seine Texas [Paris|Q1]"),
      0,
      {
        Q1: {
          ...common,
          share_of_name: (1 + 0.3 * 0.7) / 3.3,
          seen_as: Math.log(2),
          entity_seen: Math.log(2),
          nearest: 3 * cosine,
          centre: (6 * cosine) / 2,
          vote: Math.exp(12 * cosine) / votes,
        },
        Q3: {
          ...common,
          share_of_name: (0.3 * 0.1) / 3.3,
          seen_as: 0,
          entity_seen: 0,
          nearest: 0,
          centre: 0,
          vote: 0,
        },
      },
      { kb, vocabulary, memory: memoryOf(trained, kb, vocabulary) },
    );
  });

  it("knows an entity by its contexts under other names", () => {
    const rows = featureRows(marked("Seine [Paris|Q3]"), 0, {
      kb,
      vocabulary,
      memory: memoryOf([marked("Seine [Paris Hilton|Q3]")], kb, vocabulary),
    });
    assert.ok(Math.abs((rows.get("Q3")?.nearest as number) - 3) < 1e-5);
    assert.ok(Math.abs((rows.get("Q3")?.entity_seen as number) - Math.log(2)) < 1e-6);
    assert.equal(rows.get("Q3")?.name_seen, 0);
  });

  it("is zeros without anything remembered", () => {
    assertFeatures(marked("[Paris|Q1]"), 0, { Q1: { share_of_name: 0, vote: 0, nearest: 0 } });
  });
});
