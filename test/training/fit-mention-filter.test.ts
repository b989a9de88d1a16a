import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { GazetteerDetector } from "../../src/mentions/gazetteer-detector.js";
import { MentionFilter } from "../../src/mentions/mention-filter.js";
import { MENTION_DEFAULTS } from "../../src/mentions/options.js";
import { Doc } from "../../src/text/doc.js";
import { fitMentionFilter } from "../../src/training/fit-mention-filter.js";
import { marked } from "../fixtures.js";

function smallKb(): InMemoryLookupKB {
  const kb = new InMemoryLookupKB();
  for (const name of ["Bergen", "Council", "Oslo", "Turku", "Church", "Hill"]) {
    kb.addEntity(name, { name, type: "GPE", freq: 5 });
    kb.addAlias(name, [name], [1]);
  }
  return kb;
}

const TRAIN = [
  "We flew to [Bergen|Bergen], where the Council met.",
  "The Council of [Oslo|Oslo] met, and the Church too.",
  "Trains to [Turku|NIL] leave; the Council waits in [Oslo|Oslo].",
  "They drove to [Oslo|Oslo], past the Church, for the Council.",
];
const docs = (texts: readonly string[]) => texts.map((text) => marked(text));

function detected(text: string, filter?: MentionFilter): string[] {
  const doc = new Doc(text);
  const spans = new GazetteerDetector(smallKb(), MENTION_DEFAULTS, filter).detect(doc);
  return spans.map(({ start, end }) => text.slice(start, end));
}

describe("fitMentionFilter", () => {
  /** Enough of either kind, no two texts the same. */
  const many = Array.from({ length: 8 }, (_, i) =>
    TRAIN.map((one) => `${one} So it was in week ${i}.`),
  ).flat();
  const corpora = { kb: smallKb(), train: docs(many), dev: docs(TRAIN.slice(0, 2)) };
  const text = "They flew to Bergen, past the Council, to Turku.";

  it("keeps what was annotated, NIL too, and drops what was not", () => {
    const filter = fitMentionFilter(corpora, MENTION_DEFAULTS) as MentionFilter;
    assert.deepEqual(detected(text), ["Bergen", "Council", "Turku"]);
    assert.deepEqual(detected(text, filter), ["Bergen", "Turku"]);
  });

  it("learns the words around a name, so that it judges names that were never annotated", () => {
    const filter = fitMentionFilter(corpora, MENTION_DEFAULTS) as MentionFilter;
    const score = (sentence: string) => {
      const doc = new Doc(sentence);
      const [word, token] = [
        sentence.indexOf("Hill"),
        sentence.slice(0, sentence.indexOf("Hill")).split(" ").length - 1,
      ];
      const hit = {
        start: word,
        end: word + 4,
        first: token,
        last: token,
        alias: 5,
        match: "exact" as const,
      };
      return filter.score(doc, [hit], smallKb())[0] as number;
    };
    assert.ok(score("They drove to Hill, then") > score("They saw the Hill met"));
  });

  it("is read as it was written, and the same each time", () => {
    const filter = fitMentionFilter(corpora, MENTION_DEFAULTS) as MentionFilter;
    const bytes = filter.toBytes();
    assert.deepEqual(fitMentionFilter(corpora, MENTION_DEFAULTS)?.toBytes(), bytes);
    const read = MentionFilter.fromBytes(bytes);
    assert.deepEqual(read.toBytes(), bytes);
    assert.deepEqual(detected(text, read), ["Bergen", "Turku"]);
    const damaged = new TextDecoder().decode(bytes).replace('"threshold"', '"treshold"');
    assert.throws(() => MentionFilter.fromBytes(new TextEncoder().encode(damaged)));
  });

  it("leaves documents without any mention out, and gives none where there is too little to tell apart", () => {
    const silent = [...docs(many), new Doc("The road to Bergen and Oslo, Oslo, Oslo, Bergen.")];
    const filter = fitMentionFilter({ ...corpora, train: silent }, MENTION_DEFAULTS);
    assert.deepEqual(detected(text, filter), ["Bergen", "Turku"]);
    for (const train of [TRAIN, many.map((one) => one.replaceAll(/Council|Church/g, "crowd"))]) {
      assert.equal(fitMentionFilter({ ...corpora, train: docs(train) }, MENTION_DEFAULTS), undefined);
    }
    assert.equal(fitMentionFilter({ ...corpora, dev: [] }, MENTION_DEFAULTS), undefined);
  });
});
