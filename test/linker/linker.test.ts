import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { type Bundle, linkerFrom } from "../../src/linker/bundle.js";
import { checkConfig } from "../../src/linker/config.js";
import { Linker } from "../../src/linker/linker.js";
import type { LinkerOptions } from "../../src/linker/options.js";
import type { LinkCandidate } from "../../src/linker/predict.js";
import { FEATURE_GROUP_NAMES } from "../../src/model/features/groups.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { Doc, NIL, type Span } from "../../src/text/doc.js";
import { UNCALIBRATED } from "../../src/training/calibrate.js";
import { trainOn } from "../../src/training/train.js";
import { ALIASES, assertClose, ENTITIES, marked, tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

/** Enough to know the training texts by heart. */
const THOROUGH = tinyConfig({
  training: { max_epochs: 12, patience: 12, dropout: 0, word_dropout: 0, learning_rate: 0.03 },
});

let backend: Backend;
let bundle: Bundle;
before(async () => {
  backend = await loadBackend("wasm");
  bundle = await trainOn(THOROUGH, { kb: tinyKb(), ...tinyDocs() }, backend);
});

/** A linker of the trained model with other settings. */
function linker(options: Partial<LinkerOptions> = {}, calibration = bundle.calibration): Linker {
  const { learned, candidates, options: usual } = linkerFrom(bundle, backend);
  return new Linker({
    learned,
    kb: bundle.kb,
    calibration,
    candidates,
    backend,
    options: { ...usual, ...options },
  });
}

const blank = (doc: Doc): Doc => doc.withEnts(doc.ents.map((span) => ({ ...span, kbId: "" })));
const scoresOf = ({ score = 0, candidates = [] }: Span): number[] => [
  score,
  ...candidates.map((candidate) => (candidate as LinkCandidate).score),
];
/** Of the document's first mention. */
const candidatesOf = (doc: Doc): LinkCandidate[] => (doc.ents[0]?.candidates ?? []) as LinkCandidate[];
const idsOf = (doc: Doc): string[] => doc.ents.map(({ kbId }) => kbId);

async function piped(
  nel: Linker,
  docs: Iterable<Doc> | AsyncIterable<Doc>,
  batchSize?: number,
): Promise<Doc[]> {
  const out: Doc[] = [];
  for await (const doc of nel.pipe(docs, batchSize ? { batchSize } : {})) out.push(doc);
  return out;
}

describe("Linker after training", () => {
  it("gives exactly the ids that it was taught", () => {
    const nel = linker();
    for (const doc of tinyDocs().train) assert.deepEqual(idsOf(nel.call(blank(doc))), idsOf(doc), doc.text);
  });

  it("call links in place, predict leaves the documents alone", () => {
    const nel = linker();
    const doc = blank(tinyDocs().train[0] as Doc);
    const [links = []] = nel.predict([doc]);
    assert.deepEqual(idsOf(doc), ["", ""]);
    assert.equal(nel.call(doc), doc);
    assert.deepEqual(
      links,
      doc.ents.map(({ start, end, label, kbId, score, reason, candidates }) => ({
        start,
        end,
        label,
        kbId,
        score,
        reason,
        candidates,
      })),
    );
  });

  it("explains each link by its candidates, best first, with the parts of their scores", () => {
    const doc = linker().call(marked("The king of [Jordan] spoke in Amman, the capital."));
    const [span] = doc.ents;
    assert.deepEqual([span?.kbId, span?.reason], ["Q4", "linked"]);
    const candidates = span?.candidates as LinkCandidate[];
    assert.deepEqual(
      candidates.map(({ kbId, name, prior, frequency, string, match }) => ({
        kbId,
        name,
        prior: Math.round(prior * 1e6) / 1e6,
        frequency,
        string,
        match,
      })),
      [
        { kbId: "Q4", name: "Jordan", prior: 0.6, frequency: 20, string: 1, match: "exact" },
        { kbId: "Q5", name: "Michael Jordan", prior: 0.4, frequency: 30, string: 1, match: "exact" },
      ],
    );
    assert.equal(span?.score, candidates[0]?.score);
    for (const { score, context } of candidates) {
      assert.ok(score >= 0 && score <= 1 && Math.abs(context) <= 1);
    }
    assert.ok(candidates.reduce((sum, { score }) => sum + score, 0) <= 1 + 1e-6);
    assert.ok((candidates[0]?.score as number) > (candidates[1]?.score as number));
  });

  it("gives NIL with its reason", () => {
    const doc = linker().call(marked("[Wagga Wagga] is far. Prince [Paris] of the Iliad, in myth."));
    assert.deepEqual(
      doc.ents.map(({ kbId, reason, score, candidates }) => [kbId, reason, score === 1, candidates?.length]),
      [
        [NIL, "no_candidates", true, 0],
        [NIL, "below_threshold", false, 3],
      ],
    );
  });

  it("links a document without mentions, and one without text", () => {
    const nel = linker();
    assert.deepEqual(nel.call(new Doc("No name here.")).ents, []);
    assert.deepEqual(nel.call(new Doc("")).ents, []);
    assert.deepEqual(nel.predict([]), []);
  });

  it("leaves no tensor behind", () => {
    const nel = linker();
    const docs = tinyDocs().train.map(blank);
    nel.predict(docs);
    const { numTensors, numBytes } = backend.tf.memory();
    nel.predict(docs);
    nel.predict(docs.slice(0, 1));
    assert.deepEqual([backend.tf.memory().numTensors, backend.tf.memory().numBytes], [numTensors, numBytes]);
  });
});

describe("Linker.pipe", () => {
  it("gives what call gives, in order, however many at a time, and the same twice", async () => {
    const nel = linker({}, { ...UNCALIBRATED, temperature: 8 }); // unsure, so that every difference shows
    const docs = (): Doc[] => [...tinyDocs().train, ...tinyDocs().dev].map(blank);
    const called = docs().map((doc) => nel.call(doc).ents);
    for (const batchSize of [1, 3, undefined]) {
      for (let time = 0; time < 2; time++) {
        const found = await piped(nel, docs(), batchSize);
        assert.deepEqual(
          found.map(({ id }) => id),
          docs().map(({ id }) => id),
        );
        found.forEach(({ ents }, d) => {
          ents.forEach((span, i) => {
            const expected = called[d]?.[i];
            assert.equal(span.kbId, expected?.kbId);
            assertClose(scoresOf(span), scoresOf(expected as Span), 1e-5);
          });
        });
      }
    }
  });

  it("takes an async stream, and asks for no more than a batch at a time", async () => {
    let asked = 0;
    async function* stream(): AsyncGenerator<Doc> {
      for (const doc of tinyDocs().train) {
        asked++;
        yield blank(doc);
      }
    }
    const links = linker().pipe(stream(), { batchSize: 2 });
    await links.next();
    assert.equal(asked, 2);
    await links.return(undefined);
  });

  it("stops at an abort signal", async () => {
    const controller = new AbortController();
    const links = linker().pipe(tinyDocs().train, { batchSize: 1, signal: controller.signal });
    await links.next();
    controller.abort();
    await assert.rejects(links.next(), { name: "AbortError" });
  });
});

describe("Linker settings", () => {
  it("labels_discard: such mentions are NIL, and the others linked as ever", () => {
    const text = "The king of [Jordan] met [Jordan||PERSON], the basketball player.";
    const doc = linker({ labelsDiscard: ["PERSON"] }).call(marked(text));
    const [first, second] = doc.ents;
    assert.deepEqual([first?.reason, second?.kbId, second?.reason], ["linked", NIL, "discarded"]);
    assert.deepEqual(second?.candidates, []);
  });

  it("overwrite off keeps the links that a document has, NIL too", () => {
    const doc = marked("[Paris|Q2] and [Paris|NIL] and [Zürich] of banks by the lake");
    linker({ overwrite: false }).call(doc);
    assert.deepEqual(idsOf(doc), ["Q2", NIL, "Q8"]);
    assert.deepEqual(
      doc.ents.map(({ reason }) => reason),
      ["kept", "kept", "linked"],
    );
    linker({ overwrite: true }).call(doc);
    assert.deepEqual(doc.ents[1]?.reason === "kept", false);
  });

  it("threshold: what is less probable becomes NIL", () => {
    const text = "[Zürich] and [Paris]";
    const scores = linker({ threshold: 0 })
      .call(marked(text))
      .ents.map(({ candidates = [] }) => (candidates[0] as LinkCandidate).score);
    const [low, high] = [Math.min(...scores), Math.max(...scores)];
    assert.ok(low < high);
    const reasons = linker({ threshold: (low + high) / 2 })
      .call(marked(text))
      .ents.map(({ reason }) => reason);
    assert.equal(reasons[scores.indexOf(low)], "below_threshold");
  });

  it("incl_context off: the words around a mention don't matter", () => {
    const scoreOf = (text: string, inclContext: boolean): number | undefined =>
      candidatesOf(linker({ inclContext }).call(marked(text)))[0]?.score;
    const [basketball, kingdom] = [
      "so [Jordan] scored a basketball",
      "so [Jordan] became a kingdom",
    ] as const;
    assert.equal(scoreOf(basketball, false), scoreOf(kingdom, false));
    assert.notEqual(scoreOf(basketball, true), scoreOf(kingdom, true));
  });

  it("incl_prior off: priors and frequencies don't matter", () => {
    const scoresWith = (freq: number, prior: number, inclPrior: boolean): number[] => {
      const kb = tinyKb();
      kb.addEntity("A", { freq, name: "Lutetia", description: "capital city" });
      kb.addEntity("B", { freq: 3, name: "Lutetia", description: "a tree" });
      kb.addAlias("Lutetia", ["A", "B"], [prior, 0.1]);
      const { learned, calibration, candidates } = linkerFrom(bundle, backend);
      const nel = new Linker({ learned, kb, calibration, candidates, backend, options: { inclPrior } });
      return candidatesOf(nel.call(marked("to [Lutetia] by boat"))).map(({ score }) => score);
    };
    assert.deepEqual(scoresWith(1, 0.2, false), scoresWith(900, 0.9, false));
    assert.notDeepEqual(scoresWith(1, 0.2, true), scoresWith(900, 0.9, true));
  });
});

describe("incl_prior off in training", () => {
  /** {@link tinyKb}, the priors of each alias in the reverse order, and frequencies the other way round. */
  function reversedKb(): InMemoryLookupKB {
    const kb = new InMemoryLookupKB({ entityVectorLength: 6 });
    for (const { id, freq, ...entity } of ENTITIES) kb.addEntity(id, { ...entity, freq: 60 - freq });
    for (const { alias, entities, probabilities } of ALIASES)
      kb.addAlias(alias, [...entities], [...probabilities].reverse());
    return kb;
  }

  it("leaves scores that do not change when all priors are reversed, also those of neighbours", async () => {
    const text = "[Paris] and [Jordan] of [Apple], the capital; [Paris Hilton] saw [Paris] by [Zürich].";
    const scoresOn = async (kb: InMemoryLookupKB, incl_prior: boolean): Promise<[string, number][][]> => {
      const config = tinyConfig({
        linker: { incl_prior },
        model: { features: FEATURE_GROUP_NAMES.filter((name) => name !== "memory") },
        training: { max_epochs: 2, leave_one_out: false },
      });
      const trained = await trainOn(config, { kb: tinyKb(), ...tinyDocs() }, backend);
      const doc = linkerFrom({ ...trained, kb }, backend).call(marked(text));
      return doc.ents.map(({ candidates = [] }) =>
        (candidates as LinkCandidate[])
          .map(({ kbId, score }): [string, number] => [kbId, score])
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    };
    const flat = (scores: [string, number][][]): number[] => scores.flat().map(([, score]) => score);
    const expected = await scoresOn(tinyKb(), false);
    const found = await scoresOn(reversedKb(), false);
    const idsIn = (scores: [string, number][][]): string[][] => scores.map((rows) => rows.map(([id]) => id));
    assert.deepEqual(idsIn(found), idsIn(expected));
    assertClose(flat(found), flat(expected), 1e-5);
    const differences = async (): Promise<number[]> => {
      const [a, b] = [flat(await scoresOn(tinyKb(), true)), flat(await scoresOn(reversedKb(), true))];
      return a.map((score, i) => Math.abs(score - (b[i] as number)));
    };
    assert.ok(Math.max(...(await differences())) > 0.01, "with incl_prior they do change");
  });
});

describe("Linker on a knowledge base that grows", () => {
  it("links to an entity that was added after training, by its description", async () => {
    const { kb, ...rest } = await trainOn(THOROUGH, { kb: tinyKb(), ...tinyDocs() }, backend);
    const nel = linkerFrom({ kb, ...rest }, backend);
    const text = "Boats go down the Seine to [Lutetia], capital of France.";
    assert.equal(nel.call(marked(text)).ents[0]?.reason, "no_candidates");
    kb.addEntity("Q9", {
      name: "Lutetia",
      description: "capital city of France on the Seine",
      type: "GPE",
      freq: 50,
    });
    kb.addAlias("Lutetia", ["Q9"], [1]);
    const [span] = nel.call(marked(text)).ents;
    assert.deepEqual([span?.kbId, span?.reason], ["Q9", "linked"]);
    assert.ok(
      kb.getVector("Q9").some((value) => value !== 0),
      "it has a vector like the others",
    );
    const [known] = nel.call(marked("Boats go down the Seine to [Paris], capital of France.")).ents;
    assert.equal(known?.kbId, "Q1");
  });
});

describe("Linker: mentions", () => {
  const withMentions = (mentions: object): Linker => {
    const config = checkConfig({ ...bundle.config, mentions }, "test");
    return linkerFrom({ ...bundle, config }, backend);
  };

  it("finds them by the detector that the config names", () => {
    const doc = new Doc("Apple met Tim Cook in Paris.");
    const found = (mentions: object) =>
      withMentions(mentions)
        .detect(doc)
        .map(({ start, end }) => doc.text.slice(start, end));
    assert.deepEqual(found({}), ["Apple", "Paris"]);
    assert.deepEqual(found({ linkable_labels: ["GPE"] }), ["Paris"]);
    assert.deepEqual(found({ detector: "compromise" }), ["Tim Cook", "Paris"]);
    assert.deepEqual(found({ detector: "spans" }), []);
  });

  it("discards given ones of other labels where labels are named, and only there", () => {
    const text = "in [Paris|Q1|GPE] with [Jordan|Q5|PERSON]";
    const reasons = (mentions: object) =>
      withMentions(mentions)
        .call(blank(marked(text)))
        .ents.map((span) => span.reason);
    assert.ok(!reasons({}).includes("discarded"));
    assert.deepEqual(reasons({ linkable_labels: ["PERSON"] })[0], "discarded");
    assert.notEqual(reasons({ linkable_labels: ["PERSON"] })[1], "discarded");
  });
});
