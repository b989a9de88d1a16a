import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { MATCH_KINDS } from "../../src/kb/candidate.js";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { type Discount, findCandidates } from "../../src/linker/candidates.js";
import { CANDIDATE_DEFAULTS, type CandidateOptions } from "../../src/linker/options.js";
import type { Mention } from "../../src/model/mention.js";
import { assertClose, marked, tinyKb } from "../fixtures.js";

/** A knowledge base of aliases: `{"US": {A: 0.9}}`. Entities are made in the order of their first use. */
function kbOf(
  aliases: Readonly<Record<string, Readonly<Record<string, number>>>>,
  freqs: Readonly<Record<string, number>> = {},
): InMemoryLookupKB {
  const kb = new InMemoryLookupKB();
  for (const priors of Object.values(aliases)) {
    for (const id of Object.keys(priors))
      if (!kb.containsEntity(id)) kb.addEntity(id, { freq: freqs[id] ?? 0 });
  }
  for (const [alias, priors] of Object.entries(aliases))
    kb.addAlias(alias, Object.keys(priors), Object.values(priors));
  return kb;
}

interface Row {
  readonly id: string;
  readonly prior: number;
  readonly match: string | undefined;
  readonly similarity: number;
}

const round = (value: number): number => Math.round(value * 1e4) / 1e4;

function rowsOf({ candidates }: Mention, kb: InMemoryLookupKB): Row[] {
  return Array.from(candidates.entities, (entity, c) => ({
    id: kb.entityIds.at(entity),
    prior: round(candidates.priors[c] as number),
    match: MATCH_KINDS[candidates.matches[c] as number],
    similarity: round(candidates.similarities[c] as number),
  }));
}

/** The candidates of the last mention of a marked text. */
function find(
  text: string,
  kb: InMemoryLookupKB,
  { options = {}, discount }: { options?: Partial<CandidateOptions>; discount?: Discount } = {},
): Row[] {
  const mentions = findCandidates(marked(text), kb, { ...CANDIDATE_DEFAULTS, ...options }, discount);
  return rowsOf(mentions.at(-1) as Mention, kb);
}

describe("findCandidates", () => {
  it("takes exact and normalised aliases together: one must not hide the other", () => {
    const kb = kbOf({ US: { A: 0.9 }, "U.S.": { B: 0.8, A: 0.2 } });
    assert.deepEqual(find("[US]", kb), [
      { id: "A", prior: 0.9, match: "exact", similarity: 1 },
      { id: "B", prior: 0.48, match: "normalised", similarity: 1 },
    ]);
  });

  it("believes a normalised alias nearly as much as an exact one where there is no exact one", () => {
    assert.deepEqual(find("[ZURICH]", tinyKb()), [
      { id: "Q8", prior: 0.95, match: "normalised", similarity: 1 },
    ]);
  });

  it("looks for the singular, a part, and similar spelling only where nothing was found", () => {
    const kb = kbOf({
      Russian: { A: 1 },
      "Orange County": { B: 0.9 },
      "Michael Jordan": { C: 1 },
      Orange: { D: 1 },
    });
    assert.deepEqual(find("[Russians]", kb), [{ id: "A", prior: 0.9, match: "plural", similarity: 1 }]);
    assert.deepEqual(find("[County]", kb), [{ id: "B", prior: 0.27, match: "partial", similarity: 0.5 }]);
    assert.deepEqual(find("[Orange]", kb), [{ id: "D", prior: 1, match: "exact", similarity: 1 }]);
    const [misspelt, ...others] = find("[Micheal Jordan]", kb);
    assert.deepEqual([misspelt?.id, misspelt?.match, others.length], ["C", "trigram", 0]);
    assert.equal(misspelt?.prior, round(0.5 * (misspelt?.similarity as number)));
    assert.ok((misspelt?.similarity as number) < 1);
    assert.deepEqual(find("[Wagga Wagga]", kb), []);
  });

  it("finds names with a typo however short they are, unless they have less than four letters", () => {
    const kb = kbOf({ Abraham: { A: 1 }, Lot: { L: 1 }, "C++": { C: 1 }, "AT&T": { T: 1 } });
    const similarity = round(1 - 1 / 7);
    assert.deepEqual(find("[Abrham]", kb), [
      { id: "A", prior: round(0.5 * (1 - 1 / 7)), match: "trigram", similarity },
    ]);
    for (const mention of ["[Lto]", "[Loot]", "[C--]", "[AT&X]"]) assert.deepEqual(find(mention, kb), []);
    for (const mention of ["[LOT]", "[c++]", "[At&t]"])
      assert.equal(find(mention, kb)[0]?.match, "normalised");
  });

  it("leaves out the look-ups that are switched off", () => {
    const kb = kbOf({ Russian: { A: 1 }, "Orange County": { B: 1 } });
    const options = { paths: [] };
    for (const mention of ["[russian]", "[Russians]", "[County]", "[Rusian]", "[Orange County]'s [Orange]"]) {
      assert.notDeepEqual(find(mention, kb), [], mention);
      assert.deepEqual(find(mention, kb, { options }), [], mention);
    }
    assert.equal(find("[Russian]", kb, { options })[0]?.match, "exact");
  });

  it("lends a longer mention's candidates to the name's first or last words, before or after it", () => {
    const kb = kbOf({ "Angela Merkel": { A: 1 }, "Una Merkel": { U: 1 }, Merkel: { Town: 0.8 } });
    const lent = [
      { id: "Town", prior: 0.8, match: "exact", similarity: 1 },
      { id: "A", prior: 0.3, match: "longer_mention", similarity: round(6 / 13) },
    ];
    assert.deepEqual(find("[Angela Merkel] spoke, said [Merkel].", kb), lent);
    assert.deepEqual(
      rowsOf(
        findCandidates(marked("[Merkel], or [Angela Merkel]."), kb, CANDIDATE_DEFAULTS)[0] as Mention,
        kb,
      ),
      lent,
    );
    assert.deepEqual(find("[Angela Merkel] or [Angela]", kb), [
      { id: "A", prior: 0.8, match: "longer_mention", similarity: round(6 / 13) },
    ]);
  });

  it("lends at word boundaries only, and nothing of a middle word or of less than three letters", () => {
    const kb = kbOf({ "Jean Luc Picard": { P: 1 }, "Al Gore": { G: 1 } });
    const options = { paths: ["longer_mention"] as const };
    for (const text of ["[Jean Luc Picard], [Luc]", "[Jean Luc Picard], [Pic]", "[Al Gore], [Al]"]) {
      assert.deepEqual(find(text, kb, { options }), [], text);
    }
    assert.equal(find("[Jean Luc Picard], [Luc Picard]", kb, { options })[0]?.id, "P");
  });

  it("lends the five likeliest, and only what the alias as written has", () => {
    const priors = { A: 0.1, B: 0.3, C: 0.1, D: 0.2, E: 0.15, F: 0.15 };
    const ids = find("[Max Mustermann], [Mustermann]", kbOf({ "Max Mustermann": priors })).map(
      ({ id }) => id,
    );
    assert.deepEqual(ids, ["B", "D", "E", "F", "A"]);
  });

  it("takes an entity once, by the strictest look-up", () => {
    const kb = kbOf({ Merkel: { A: 0.4 }, MERKEL: { A: 1 }, "Angela Merkel": { A: 1 } });
    assert.deepEqual(find("[Angela Merkel] [Merkel]", kb), [
      { id: "A", prior: 0.4, match: "exact", similarity: 1 },
    ]);
  });

  it("ranks by prior, then frequency, then row, and cuts at maxCandidates", () => {
    const priors = { A: 0.1, B: 0.2, C: 0.1, D: 0.2, E: 0.1 };
    const kb = kbOf({ X: priors }, { C: 5 });
    const ids = (options: Partial<CandidateOptions>): string[] =>
      find("[X]", kb, { options }).map(({ id }) => id);
    assert.deepEqual(ids({}), ["B", "D", "C", "A", "E"]);
    assert.deepEqual(ids({ maxCandidates: 3 }), ["B", "D", "C"]);
    assert.deepEqual(ids({ maxCandidates: 1 }), ["B"]);
    const reversed = kbOf({ Y: { A: 0.5, B: 0.5 }, X: { B: 0.5, A: 0.5 } });
    assert.deepEqual(
      find("[X]", reversed).map(({ id }) => id),
      ["A", "B"],
    );
  });

  it("takes the 8 most frequent of a part's many", () => {
    const aliases = Object.fromEntries(
      Array.from({ length: 12 }, (_, i) => [`Orange ${"x".repeat(i + 1)}`, { [`E${i}`]: 1 }]),
    );
    const freqs = Object.fromEntries(Array.from({ length: 12 }, (_, i) => [`E${i}`, i]));
    const ids = find("[Orange]", kbOf(aliases, freqs)).map(({ id }) => id);
    assert.deepEqual(
      ids,
      [11, 10, 9, 8, 7, 6, 5, 4].map((i) => `E${i}`),
    );
  });

  it("gives frequencies, surfaces and folded keys; offsets count UTF-16 code units", () => {
    const [mention] = findCandidates(marked("🎉 in [ZÜRICH]!"), tinyKb(), CANDIDATE_DEFAULTS);
    assert.deepEqual([mention?.surface, mention?.key], ["ZÜRICH", "zurich"]);
    assert.deepEqual([...(mention?.candidates.frequencies ?? [])], [12]);
  });

  it("asks a discount for priors and frequencies, and shares them out anew when they exceed 1", () => {
    const kb = kbOf({ X: { A: 0.6, B: 0.4 } }, { A: 9, B: 3 });
    const asked: unknown[] = [];
    const discount: Discount = {
      prior: (surface, entity, prior, candidates) => {
        asked.push([surface, entity, round(prior), candidates]);
        return entity === 0 ? 0.5 : 1.5;
      },
      frequency: (entity, frequency) => frequency - entity,
    };
    const options = { paths: [] };
    assert.deepEqual(
      find("[X]", kb, { options, discount }).map(({ id, prior }) => [id, prior]),
      [
        ["B", 0.75],
        ["A", 0.25],
      ],
    );
    assert.deepEqual(asked, [
      ["X", 0, 0.6, 2],
      ["X", 1, 0.4, 2],
    ]);
    const [mention] = findCandidates(marked("[X]"), kb, CANDIDATE_DEFAULTS, discount);
    assert.deepEqual([...(mention?.candidates.frequencies ?? [])], [2, 9]);
  });

  for (const { way, text, alias, trust } of [
    { way: "exact", text: "[Max Muster]", alias: "Max Muster", trust: 1 },
    { way: "normalised", text: "[MAX MUSTER]", alias: "Max Muster", trust: 0.95 },
    { way: "plural", text: "[Max Musters]", alias: "Max Muster", trust: 0.9 },
    { way: "longer_mention", text: "[Max Muster], [Muster]", alias: "Max Muster", trust: 0.8 },
    { way: "partial", text: "[Muster]", alias: "Max Muster", trust: 0.3 },
    { way: "trigram", text: "[Max Mustter]", alias: "Max Muster", trust: 0.5 },
  ] as const) {
    it(`discounts priors under the alias's own name when it was found as ${way}`, () => {
      const kb = kbOf({ [alias]: { A: 0.6, B: 0.4 }, Other: { C: 1 } });
      const names = new Set<string>();
      const discount: Discount = {
        prior: (surface, entity, prior, candidates) => {
          names.add(`${surface} of ${candidates}`);
          return entity === 0 ? prior - 0.5 : prior + 1; // 0.1 and 1.4, which makes 1 / 15 and 14 / 15
        },
        frequency: (_, frequency) => frequency,
      };
      const found = find(text, kb, { discount });
      assert.deepEqual(
        found.map(({ id, match }) => [id, match]),
        [
          ["B", way],
          ["A", way],
        ],
      );
      const believed = way === "trigram" ? trust * (found[0]?.similarity as number) : trust;
      assertClose(
        found.map(({ prior }) => prior),
        [(14 / 15) * believed, (1 / 15) * believed],
        1e-3,
      );
      assert.deepEqual([...names], [`${alias} of 2`]);
    });
  }

  for (const { way, aliases, texts, trust } of [
    { way: "normalised", aliases: ["Max Muster", "MAX MUSTER"], texts: ["[max muster]"], trust: 0.95 },
    { way: "plural", aliases: ["Max Muster", "MAX MUSTER"], texts: ["[Max musters]"], trust: 0.9 },
    {
      way: "longer_mention",
      aliases: ["Max Muster", "Eva Muster"],
      texts: ["[Max Muster], [Eva Muster], [Muster]", "[Eva Muster], [Max Muster], [Muster]"],
      trust: 0.8,
    },
    { way: "partial", aliases: ["Max Muster", "Eva Muster"], texts: ["[Muster]"], trust: 0.3 },
    { way: "trigram", aliases: ["Max Mustera", "Max Musterb"], texts: ["[Max Mustern]"], trust: 0.5 },
  ] as const) {
    it(`believes all aliases found as ${way} the same, whichever comes first`, () => {
      const [first, second] = aliases;
      const likely = { [first]: { A: 0.5 } };
      const likelier = { [second]: { B: 0.8 } };
      for (const text of texts) {
        for (const kb of [kbOf({ ...likely, ...likelier }), kbOf({ ...likelier, ...likely })]) {
          const found = find(text, kb).sort((a, b) => (a.id < b.id ? -1 : 1));
          assert.deepEqual(
            found.map(({ id, match }) => [id, match]),
            [
              ["A", way],
              ["B", way],
            ],
          );
          const believed = way === "trigram" ? trust * (found[0]?.similarity as number) : trust;
          assert.equal(found[0]?.similarity, found[1]?.similarity);
          assertClose(
            found.map(({ prior }) => prior),
            [0.5 * believed, 0.8 * believed],
            1e-4,
          );
        }
      }
    });
  }

  it("believes a way of looking up less beside what stricter ways found", () => {
    const kb = kbOf({ Muster: { T: 0.7 }, MUSTER: { A: 0.6 }, muster: { B: 0.8 }, "Max Muster": { C: 1 } });
    const rows = find("[Max Muster], [Muster]", kb).map(({ id, prior, match }) => [id, prior, match]);
    assert.deepEqual(rows, [
      ["T", 0.7, "exact"],
      ["B", 0.48, "normalised"],
      ["A", 0.36, "normalised"],
      ["C", 0.3, "longer_mention"],
    ]);
  });

  it("takes as similarity of a longer mention the share of its folded letters, at most 1", () => {
    const kb = kbOf({ "Una Merkel": { U: 1 } });
    const [row, ...others] = find("[Una Merkel] and [the Merkel's]", kb); // longer as written, not once folded
    assert.deepEqual(row, { id: "U", prior: 0.8, match: "longer_mention", similarity: round(6 / 10) });
    assert.deepEqual(others, []);
  });

  it("lends from names of twelve words at most", () => {
    const words = Array.from({ length: 13 }, (_, i) => `Word${String.fromCharCode(97 + i)}`);
    const [longest, tooLong] = [words.slice(0, 12).join(" "), words.join(" ")];
    const kb = kbOf({ [longest]: { A: 1 }, [tooLong]: { B: 1 } });
    const options = { paths: ["longer_mention"] as const };
    const ids = (text: string): string[] => find(text, kb, { options }).map(({ id }) => id);
    assert.deepEqual(ids(`[${longest}], [Worda]`), ["A"]);
    assert.deepEqual(ids(`[${tooLong}], [Worda]`), []);
    assert.deepEqual(ids(`[${tooLong}], [Wordl Wordm]`), []);
  });
});

describe("findCandidates: a longer mention in other letters", () => {
  it("lends what it means but for its form: a headline's full name", () => {
    const kb = kbOf({ "Angela Merkel": { A: 1 } });
    const [row] = find("[ANGELA MERKEL|A] SPEAKS. Later [Merkel|A] left.", kb);
    assert.equal(row?.match, "longer_mention");
    const strict = { options: { paths: ["longer_mention"] as const } };
    assert.deepEqual(find("[ANGELA MERKEL|A] SPEAKS. Later [Merkel|A] left.", kb, strict), []);
  });
});

describe("findCandidates: abbreviations that the document explains", () => {
  const kb = () =>
    kbOf({ "adenomatous polyposis coli": { A: 0.9, B: 0.1 }, APC: { C: 1 }, "polyposis coli": { D: 1 } });

  it("have the long form's candidates before their own, wherever they stand", () => {
    const text = "[APC|A]? Adenomatous polyposis coli (APC) is bad";
    assert.deepEqual(find(text, kb()), [
      { id: "A", prior: round(0.9 * 0.95 * 0.95), match: "longer_mention", similarity: round(3 / 26) },
      { id: "C", prior: 0.3, match: "exact", similarity: 1 },
      { id: "B", prior: round(0.1 * 0.95 * 0.95), match: "longer_mention", similarity: round(3 / 26) },
    ]);
    const plural = find(`${text}, as are [APCs|A]`, kb());
    assert.deepEqual(plural[0]?.id, "A");
  });

  it("have those of the mention that the long form ends with too", () => {
    const [first] = find(
      "adenoma of [polyposis coli|D] (APC): [AP|D]? No, adenomatous x [polyposis coli|D] (AP), [AP|D]",
      kb(),
    );
    assert.equal(first?.id, "D");
  });

  it("keep how a candidate was found where both ways find it", () => {
    const same = kbOf({ "World Health Organization": { W: 1 }, WHO: { W: 0.6, B: 0.4 } });
    assert.deepEqual(find("World Health Organization (WHO). [WHO|W]", same), [
      { id: "W", prior: 0.95, match: "exact", similarity: 1 },
      { id: "B", prior: 0.12, match: "exact", similarity: 1 },
    ]);
  });

  it("do not, where longer mentions lend nothing", () => {
    const paths = CANDIDATE_DEFAULTS.paths.filter((path) => path !== "longer_mention");
    const rows = find("adenomatous polyposis coli (APC). [APC|A]", kb(), { options: { paths } });
    assert.deepEqual(rows, [{ id: "C", prior: 1, match: "exact", similarity: 1 }]);
  });
});
