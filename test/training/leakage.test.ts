/**
 * What a training document's features say must not depend on its own golds, though priors, frequencies and memory are
 * counted on it. The exception of docs/design.md (an alias or candidate that exists because of the document alone) is
 * kept out: extra documents hold every pair of name and entity twice.
 */
import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { FEATURE_GROUP_NAMES, FEATURE_GROUPS } from "../../src/model/features/groups.js";
import { type Doc, NIL } from "../../src/text/doc.js";
import { prepare, type TrainingData } from "../../src/training/prepare.js";
import { assertClose, ENTITIES, marked, tinyConfig, tinyDocs } from "../fixtures.js";

/** What each name of the training documents may mean. */
const MEANINGS: Readonly<Record<string, readonly string[]>> = {
  Paris: ["Q1", "Q2", "Q3"],
  "Paris Hilton": ["Q3", "Q1"],
  Jordan: ["Q4", "Q5"],
  "Michael Jordan": ["Q5", "Q4", "Q6"],
  Apple: ["Q6", "Q7"],
  Zürich: ["Q8", "Q1"],
  ZURICH: ["Q8", "Q4"],
  Bergen: ["Q8", "Q2"],
};

const EXTRA = Object.entries(MEANINGS).flatMap(([name, ids]) =>
  ids.flatMap((id) => [
    `The king of [${name}|${id}] sang.`,
    `Boats, phones and cider: [${name}|${id}] it was.`,
  ]),
);

const corpus = (): Doc[] => [...tinyDocs().train, ...EXTRA.map((text, i) => marked(text, `extra-${i}`))];
const TRAIN = tinyDocs().train.length;

const nameOf = ({ text }: Doc, { start, end }: { readonly start: number; readonly end: number }): string =>
  text.slice(start, end);

/** The fixtures' entities with priors and frequencies counted on documents. */
function countedKb(docs: readonly Doc[]): InMemoryLookupKB {
  const links = docs.flatMap((doc) => doc.ents.map((span) => ({ name: nameOf(doc, span), id: span.kbId })));
  const kb = new InMemoryLookupKB();
  for (const { id, ...entity } of ENTITIES) {
    kb.addEntity(id, { ...entity, freq: links.filter((link) => link.id === id).length });
  }
  for (const [name, ids] of Object.entries(MEANINGS)) {
    const own = links.filter((link) => link.name === name);
    const counts = ids.map((id) => own.filter((link) => link.id === id).length);
    kb.addAlias(
      name,
      [...ids],
      counts.map((count) => count / own.length),
    );
  }
  return kb;
}

function prepared(docs: readonly Doc[], leave_one_out = true): TrainingData {
  const config = tinyConfig({ model: { features: [...FEATURE_GROUP_NAMES] }, training: { leave_one_out } });
  return prepare(config, { kb: countedKb(docs), train: docs, dev: tinyDocs().dev });
}

interface OwnRows {
  readonly rowStart: number[];
  readonly entities: number[];
  readonly priors: number[];
  readonly features: number[];
  /** All else that the model reads of the document. */
  readonly words: number[][];
}

/** What the model reads of one training document, the scaling undone: that looks at all documents. */
function rowsOf(document: number, { train: { table }, scaling, model }: TrainingData): OwnRows {
  const [first, last] = [table.documents.indexOf(document), table.documents.lastIndexOf(document) + 1];
  const [from, to] = [table.rowStart[first] as number, table.rowStart[last] as number];
  const { featureWidth: width } = table;
  const scaled = table.features.subarray(from * width, to * width);
  const context = 2 * model.contextTokens;
  return {
    rowStart: Array.from(table.rowStart.subarray(first, last + 1), (row) => row - from),
    entities: [...table.entities.subarray(from, to)],
    priors: [...table.priors.subarray(from, to)],
    features: Array.from(
      scaled,
      (value, i) => value * (scaling.scale[i % width] as number) + (scaling.mean[i % width] as number),
    ),
    words: [
      [...table.labels.subarray(first, last)],
      [...table.context.subarray(first * context, last * context)],
      [...table.sentenceDistance.subarray(first * context, last * context)],
      [
        ...table.documentRows.subarray(
          document * model.documentTokens,
          (document + 1) * model.documentTokens,
        ),
      ],
    ],
  };
}

function assertSame(found: OwnRows, expected: OwnRows, what: string): void {
  const { features, priors, ...exact } = expected;
  const { features: foundFeatures, priors: foundPriors, ...foundExact } = found;
  assert.deepEqual(foundExact, exact, what);
  assertClose(foundPriors, priors, 1e-5, `${what}: priors`);
  assertClose(foundFeatures, features, 1e-5, `${what}: features`);
}

/** The corpus, one of whose documents has other golds: the meaning that is so many places further, NIL after the last. */
function answered(document: number, places: readonly number[]): Doc[] {
  return corpus().map((doc, d) => {
    if (d !== document) return doc;
    const ents = doc.ents.map((span, i) => {
      const meanings = [...(MEANINGS[nameOf(doc, span)] as string[]), NIL];
      const place = meanings.indexOf(span.kbId) + (places[i % places.length] as number);
      return { ...span, kbId: meanings[place % meanings.length] as string };
    });
    return doc.withEnts(ents);
  });
}

const CHANGES: readonly (readonly number[])[] = [[1], [2], [3], [1, 2], [0, 1], [2, 0]];

describe("prepare with priors, frequencies and memory that were counted on the training documents", () => {
  const before = prepared(corpus());
  const documents = Array.from({ length: TRAIN }, (_, document) => document);

  it("gives a document the same candidates and features whatever its own golds are", () => {
    assert.equal(before.featurizer.columns.filter(({ name }) => name === "entity_neighbours").length, 1);
    let changed = 0;
    for (const document of documents) {
      const expected = rowsOf(document, before);
      assert.ok(expected.features.length > 0);
      for (const places of CHANGES) {
        const docs = answered(document, places);
        const what = `train-${document}, golds ${places.join(", ")} further`;
        const after = prepared(docs);
        assertSame(rowsOf(document, after), expected, what);
        assert.deepEqual(after.vocabulary.toText(), before.vocabulary.toText());
        changed += docs[document]?.ents.some(({ kbId }, i) => kbId !== corpus()[document]?.ents[i]?.kbId)
          ? 1
          : 0;
      }
    }
    assert.ok(changed > 4 * TRAIN, `${changed} changes are changes`);
  });

  it("gives other documents of the same names other features", () => {
    for (const document of documents) {
      const after = prepared(answered(document, [1]));
      const others = documents.filter((other) => {
        const [found, expected] = [rowsOf(other, after).features, rowsOf(other, before).features];
        return (
          other !== document && found.some((value, i) => Math.abs(value - (expected[i] as number)) > 1e-3)
        );
      });
      assert.ok(others.length > 0, `no other document sees the change of train-${document}`);
    }
  });

  it("shows a document its own golds without leave_one_out, in the groups that count", () => {
    const plain = prepared(corpus(), false);
    const { columns } = plain.featurizer;
    const groups = new Set<string>();
    for (const document of documents) {
      const expected = rowsOf(document, plain).features;
      const found = rowsOf(document, prepared(answered(document, [1]), false)).features;
      found.forEach((value, i) => {
        const column = columns[i % columns.length] as (typeof columns)[number];
        if (Math.abs(value - (expected[i] as number)) > 1e-3) groups.add(column.group);
      });
    }
    assert.ok(groups.has("prior") && groups.has("frequency"), [...groups].join(", "));
    assert.ok(
      Object.keys(FEATURE_GROUPS).some((group) => !groups.has(group)),
      "text alone does not change",
    );
  });
});
