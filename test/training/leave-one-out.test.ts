import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { findCandidates } from "../../src/linker/candidates.js";
import { CANDIDATE_DEFAULTS } from "../../src/linker/options.js";
import { type Doc, NIL, type Span } from "../../src/text/doc.js";
import { LeaveOneOut } from "../../src/training/leave-one-out.js";
import { type Prepared, prepare, type TrainingData } from "../../src/training/prepare.js";
import { assertClose, marked, tinyConfig } from "../fixtures.js";

const IDS = ["A", "B", "C"];
const TEXTS = [
  "The [Bank|A] of the river is steep and wet.",
  "A river [Bank|A] of mud; the other [Bank|A] of sand.",
  "She robbed a [Bank|B] of money, then one more [Bank|B], and rowed off.",
  "His money is in the [Bank|B] by the river.",
  "Planes [Bank|C] steeply before the river.",
  "The [Bank|NIL] closed. A [Mole|C] dug by its river wall; the [Mole|A] was dark.",
  "A [Mole|B] on the skin; the [Mole|C] of the harbour, deep in the river.",
];

const corpus = (): Doc[] => TEXTS.map((text) => marked(text));

interface Counting {
  readonly smoothing: number;
  /** Shares of the linked mentions, as `"counts"` in aliases.jsonl gives; else of all, NIL included. */
  readonly linkedOnly: boolean;
}

/** A knowledge base whose priors and frequencies are counted on documents, as people do. */
function countedKb(docs: readonly Doc[], { smoothing, linkedOnly }: Counting): InMemoryLookupKB {
  const mentions = docs.flatMap(({ text, ents }) =>
    ents.map((e) => ({ name: text.slice(e.start, e.end), id: e.kbId })),
  );
  const kb = new InMemoryLookupKB();
  for (const id of IDS) {
    const freq = mentions.filter((mention) => mention.id === id).length;
    kb.addEntity(id, { freq, name: `Name ${id}`, description: id === "A" ? "river mud" : "money deep" });
  }
  for (const alias of new Set(mentions.map(({ name }) => name))) {
    const own = mentions.filter(({ name, id }) => name === alias && !(linkedOnly && id === NIL));
    const total = own.length + smoothing * IDS.length;
    const priors = IDS.map((id) => (own.filter((mention) => mention.id === id).length + smoothing) / total);
    kb.addAlias(alias, IDS, priors);
  }
  return kb;
}

interface OwnRows {
  readonly entities: number[];
  readonly priors: number[];
  readonly features: number[];
}

/** Candidates and features of one training document, before scaling: scaling looks at all documents. */
function rowsOf(document: number, { train, scaling }: Pick<TrainingData, "train" | "scaling">): OwnRows {
  const { table }: Prepared = train;
  const width = table.featureWidth;
  const own: OwnRows = { entities: [], priors: [], features: [] };
  for (let mention = 0; mention < table.size; mention++) {
    if (table.documents[mention] !== document) continue;
    for (let row = table.rowStart[mention] as number; row < (table.rowStart[mention + 1] as number); row++) {
      own.entities.push(table.entities[row] as number);
      own.priors.push(table.priors[row] as number);
      for (let f = 0; f < width; f++) {
        const value = table.features[row * width + f] as number;
        own.features.push(value * (scaling.scale[f] as number) + (scaling.mean[f] as number));
      }
    }
  }
  return own;
}

const EVERY_GROUP = [
  "prior",
  "frequency",
  "match",
  "strings",
  "shape",
  "overlap",
  "position",
  "coherence",
  "memory",
] as const;

function preparedOn(docs: readonly Doc[], counting: Counting, leave_one_out = true): TrainingData {
  const config = tinyConfig({ model: { features: [...EVERY_GROUP] }, training: { leave_one_out } });
  return prepare(config, { kb: countedKb(docs, counting), train: docs, dev: docs });
}

/** The corpus with another answer to one mention. */
function answered(document: number, mention: number, kbId: string): Doc[] {
  const docs = corpus();
  const span = docs[document]?.ents[mention];
  assert.ok(span);
  span.kbId = kbId;
  return docs;
}

describe("training features", () => {
  for (const counting of [
    { smoothing: 0, linkedOnly: false },
    { smoothing: 0.5, linkedOnly: false },
    { smoothing: 0, linkedOnly: true },
  ]) {
    const { smoothing, linkedOnly } = counting;
    const counted = `priors counted on ${linkedOnly ? "linked" : "all"} mentions, smoothed by ${smoothing}`;
    it(`of a document don't depend on its own answers: ${counted}`, () => {
      const before = preparedOn(corpus(), counting);
      corpus().forEach(({ ents }, document) => {
        const expected = rowsOf(document, before);
        ents.forEach(({ kbId }, mention) => {
          for (const other of [...IDS, NIL].filter((id) => id !== kbId)) {
            const found = rowsOf(document, preparedOn(answered(document, mention, other), counting));
            const what = `document ${document}, mention ${mention} as ${other}`;
            assert.deepEqual(found.entities, expected.entities, `${what}: order of candidates`);
            assertClose(found.priors, expected.priors, 1e-6, `${what}: priors`);
            assertClose(found.features, expected.features, 1e-4, `${what}: features`);
          }
        });
      });
    });
  }

  it("of a document don't depend on its answers to mentions that are discarded", () => {
    const counting = { smoothing: 0, linkedOnly: false };
    const discarding = (kbId: string): OwnRows => {
      const docs = answered(1, 1, kbId);
      (docs[1]?.ents[1] as Span).label = "X";
      const config = tinyConfig({ model: { features: [...EVERY_GROUP] }, linker: { labels_discard: ["X"] } });
      return rowsOf(1, prepare(config, { kb: countedKb(docs, counting), train: docs, dev: docs }));
    };
    const expected = discarding("A");
    for (const other of ["B", "C", NIL]) {
      const found = discarding(other);
      assert.deepEqual(found.entities, expected.entities, other);
      assertClose(found.priors, expected.priors, 1e-6, `${other}: priors`);
      assertClose(found.features, expected.features, 1e-4, `${other}: features`);
    }
  });

  it("do depend on other documents' answers, and on their own without leave_one_out", () => {
    const counting = { smoothing: 0, linkedOnly: false };
    const changed = preparedOn(answered(0, 0, "B"), counting);
    const before = preparedOn(corpus(), counting);
    assert.notDeepEqual(rowsOf(1, changed).priors, rowsOf(1, before).priors);
    const own = (docs: Doc[]): number[] => rowsOf(0, preparedOn(docs, counting, false)).priors;
    assert.notDeepEqual(own(answered(0, 0, "B")), own(corpus()));
  });
});

describe("LeaveOneOut", () => {
  /** Priors and frequencies of the first mention of a document among others, by id. */
  function candidatesOf(
    document: number,
    docs: readonly Doc[],
    kb: InMemoryLookupKB,
  ): Record<string, number[]> {
    const doc = docs[document] as Doc;
    const discount = new LeaveOneOut(kb, docs).discountFor(doc);
    const { candidates } = findCandidates(doc, kb, CANDIDATE_DEFAULTS, discount)[0] as ReturnType<
      typeof findCandidates
    >[0];
    return Object.fromEntries(
      Array.from(candidates.entities, (entity, c) => [
        kb.entityIds.at(entity),
        [candidates.priors[c] as number, candidates.frequencies[c] as number],
      ]),
    );
  }

  function assertCandidates(found: Record<string, number[]>, expected: Record<string, number[]>): void {
    assert.deepEqual(Object.keys(found).sort(), Object.keys(expected).sort());
    for (const [id, numbers] of Object.entries(expected))
      assertClose(found[id] as number[], numbers, 1e-6, id);
  }

  it("takes the document's counts out of priors and frequencies", () => {
    // Bank: A 3, B 3, C 1, NIL 1 of 8; document 1 has two A. A is meant 4 times in all.
    const docs = corpus();
    const found = candidatesOf(1, docs, countedKb(docs, { smoothing: 0, linkedOnly: false }));
    assertCandidates(found, { A: [1 / 6, 2], B: [3 / 6, 4], C: [1 / 6, 3] });
  });

  it("knows priors counted under the name's lemma", () => {
    // Bank: A 3, B 2 as written, with Banks and bank A 5, B 2.
    const texts = ["[Banks|A]", "[bank|A]", "[Bank|B]", "[Bank|B]", "[Bank|A]", "[Bank|A]", "[Bank|A]"];
    const docs = texts.map((text) => marked(text));
    const kb = new InMemoryLookupKB();
    for (const id of IDS) kb.addEntity(id);
    kb.addAlias("Bank", ["A", "B"], [5 / 7, 2 / 7]);
    assertCandidates(candidatesOf(6, docs, kb), { A: [4 / 6, 0], B: [2 / 6, 0] });
  });

  it("leaves priors of another origin alone: population, links of an encyclopedia", () => {
    const docs = corpus();
    const kb = new InMemoryLookupKB();
    for (const [i, id] of IDS.entries()) kb.addEntity(id, { freq: 1000 * (i + 1) });
    kb.addAlias("Bank", IDS, [0.85, 0.1, 0.05]);
    assertCandidates(candidatesOf(1, docs, kb), { A: [0.85, 1000], B: [0.1, 2000], C: [0.05, 3000] });
    assert.equal(new LeaveOneOut(kb, docs).discountFor(docs[1] as Doc), undefined);
  });

  const moles = (): Doc[] => [marked("[Mole|C] [Mole|A]"), marked("[Mole|B] [Mole|C] [Mole|C]")];
  const crane = (): Doc => marked("[Crane|A] [Crane|B] [Crane|C] [Crane|A] [Crane|A]");

  /** Of the aliases, Mole's priors alone are counted; it is mentioned A 1, B 1, C 3. */
  function moleKb(aliases: readonly string[]): InMemoryLookupKB {
    const kb = new InMemoryLookupKB();
    for (const id of IDS) kb.addEntity(id, { freq: 77 });
    for (const alias of aliases) kb.addAlias(alias, IDS, [0.05, 0.05, 0.9]);
    kb.addAlias("Mole", IDS, [1 / 5, 1 / 5, 3 / 5]);
    return kb;
  }

  it("judges the frequencies for themselves, and each alias where half of the telling ones were counted", () => {
    const docs = [...moles(), ...corpus().slice(0, 5)];
    const kb = moleKb(["Bank"]); // Bank has 7 mentions, so that one of two agrees
    const own = { A: [0.02 / 3, 77], B: [1 / 3, 77], C: [2 / 3, 77] };
    const mass = 0.02 / 3 + 1;
    assertCandidates(
      candidatesOf(0, docs, kb),
      Object.fromEntries(
        Object.entries(own).map(([id, [prior = 0, freq = 0]]) => [id, [prior / mass, freq]]),
      ),
    );
    assertCandidates(candidatesOf(3, docs, kb), { A: [0.05, 77], B: [0.05, 77], C: [0.9, 77] });
  });

  it("leaves an alias alone that agrees by chance, among telling ones most of which don't", () => {
    const docs = [...moles(), ...corpus().slice(0, 5), crane()];
    assertCandidates(candidatesOf(0, docs, moleKb(["Bank", "Crane"])), {
      A: [1 / 5, 77],
      B: [1 / 5, 77],
      C: [3 / 5, 77],
    });
  });

  it("takes for telling what has two candidates and five mentions as written, no less", () => {
    const docs = [...moles(), ...corpus().slice(0, 5)];
    const untouched = { A: [1 / 5, 77], B: [1 / 5, 77], C: [3 / 5, 77] };
    const alone = moleKb([]);
    const isDiscounted = (given: readonly Doc[], kb: InMemoryLookupKB): boolean =>
      (candidatesOf(0, given, kb).B?.[0] as number) > 0.3;
    assert.ok(isDiscounted(docs, alone));
    // Four as written and one more in other letters: the counts by lemma agree, but tell nothing.
    const fewer = [moles()[0] as Doc, marked("[Mole|B] [Mole|C] [moles|C]")];
    assertCandidates(candidatesOf(0, fewer, alone), untouched);
    // Nor do four mentions of another alias that does not agree, or many of one with a single candidate.
    const four = marked("[Crane|A] [Crane|B] [Crane|C] [Crane|A]");
    assert.ok(isDiscounted([...docs, four], moleKb(["Bank", "Crane"])));
    const single = moleKb(["Bank"]);
    single.addAlias("Crane", ["A"], [0.3]);
    assert.ok(isDiscounted([...docs, crane()], single));
  });

  it("takes the document's counts out of aliases that are found by a detour", () => {
    const docs = [marked("[BANK|NIL] and [Bank|A]"), ...corpus()];
    // Bank: A 4, B 3, C 1, NIL 1 of 9 as written, of which document 0 has one A; BANK is another surface.
    const kb = countedKb(docs, { smoothing: 0, linkedOnly: false });
    const lone = new InMemoryLookupKB();
    for (const id of IDS) lone.addEntity(id, { freq: 77 });
    lone.addAlias("Bank", IDS, [
      kb.getPriorProb("A", "Bank"),
      kb.getPriorProb("B", "Bank"),
      kb.getPriorProb("C", "Bank"),
    ]);
    assertCandidates(candidatesOf(0, docs, lone), {
      A: [(0.95 * 3) / 8, 77],
      B: [(0.95 * 3) / 8, 77],
      C: [(0.95 * 1) / 8, 77],
    });
  });
});
