import assert from "node:assert/strict";
import { before, describe, it } from "node:test";
import fc from "fast-check";
import type { EntityLinker } from "../../src/component/entity-linker.js";
import type { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { type Bundle, linkerFrom } from "../../src/linker/bundle.js";
import type { Linker } from "../../src/linker/linker.js";
import type { LinkCandidate } from "../../src/linker/predict.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import { Doc, NIL, type Span } from "../../src/text/doc.js";
import { trainOn } from "../../src/training/train.js";
import { oddText, wellFormed, whiteSpace } from "../arbitraries.js";
import { begun } from "../component/small-component.js";
import { tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";
import { kbOf, kbRows } from "../kb/arbitrary-kb.js";

const MANY = 1000;
const REASONS = ["linked", "one_of", "discarded", "no_candidates", "below_threshold"];

/** The tiny knowledge base, with an alias of 1,000 candidates and one of none. */
function wideKb(): InMemoryLookupKB {
  const kb = tinyKb();
  const ids = Array.from({ length: MANY }, (_, i) => `M${i}`);
  for (const [i, id] of ids.entries())
    kb.addEntity(id, { name: `Many ${i}`, description: `thing 🍎 ${i % 7}`, freq: i });
  kb.addAlias("Many", ids, new Array(MANY).fill(1 / MANY));
  kb.addAlias("Nobody", [], []);
  return kb;
}

let backend: Backend;
let bundle: Bundle;
let linker: Linker;
let component: EntityLinker;
before(async () => {
  backend = await loadBackend("wasm");
  const config = { training: { max_epochs: 1 }, candidates: { max_candidates: MANY } };
  bundle = await trainOn(tinyConfig(config), { kb: wideKb(), ...tinyDocs() }, backend);
  linker = linkerFrom(bundle, backend);
  component = await begun(backend, { candidates: { maxCandidates: MANY } });
  await component.setKb(wideKb);
});

interface Given {
  readonly text: string;
  /** Anywhere in the text, empty ones and ones that cross among them, in any order. */
  readonly ents: readonly (readonly [start: number, end: number])[];
  /** Sentences in order, with gaps between them; none at all; or to be found. */
  readonly sents: readonly (readonly [start: number, end: number])[] | undefined;
}

const word = fc.constantFrom(
  "Paris",
  "Jordan",
  "Apple",
  "Many",
  "Nobody",
  "Zürich",
  "zurich",
  "Paris Hilton",
  ". ",
);
const text = fc
  .oneof(
    {
      weight: 5,
      arbitrary: fc.array(fc.oneof(word, oddText({ maxLength: 2 }), fc.constant(" ")), { maxLength: 8 }),
    },
    whiteSpace.map((spaces) => [spaces]),
  )
  .map((parts) => parts.join(""));

const given: fc.Arbitrary<Given> = text.chain((whole) => {
  const offset = fc.nat(whole.length);
  const range = fc.tuple(offset, offset).map(([a, b]) => [Math.min(a, b), Math.max(a, b)] as const);
  const names = [...whole.matchAll(/Paris Hilton|Paris|Jordan|Apple|Many|Nobody|[Zz][üu]rich/g)].map(
    ({ 0: name, index }) => [index, index + name.length] as const,
  );
  const sents = fc.uniqueArray(offset, { maxLength: 6 }).map((offsets) => {
    const sorted = offsets.toSorted((a, b) => a - b);
    return sorted.flatMap((end, i) => (i % 2 === 1 ? [[sorted[i - 1] as number, end] as const] : []));
  });
  const anyEnts = fc.array(range, { maxLength: 4 });
  return fc.record({
    text: fc.constant(whole),
    ents: fc.oneof(
      anyEnts.map((more) => [...more, ...names]),
      anyEnts,
      fc.constant([]),
    ),
    sents: fc.oneof(sents, fc.constant([]), fc.constant(undefined)),
  });
});

const docOf = ({ text: whole, ents, sents }: Given): Doc =>
  new Doc(whole, {
    ents: ents.map(
      ([start, end], i): Span => ({ start, end, label: i % 2 ? "GPE" : "", kbId: "", meta: { i } }),
    ),
    sents: sents?.map(([start, end]) => ({ start, end })),
  });

/** That each mention is where it was and got a link that makes sense. */
function assertLinked(doc: Doc, before: Doc, kb: InMemoryLookupKB): void {
  const places = ({ ents }: Doc) => ents.map(({ start, end, label, meta }) => ({ start, end, label, meta }));
  assert.deepEqual(places(doc), places(before));
  assert.equal(doc.text, before.text);
  for (const { kbId, score = Number.NaN, reason = "", candidates = [] } of doc.ents) {
    assert.ok(score >= 0 && score <= 1, `score ${score}`);
    assert.ok(REASONS.includes(reason), reason);
    const found = candidates as readonly LinkCandidate[];
    assert.ok(kbId === NIL || found.some((candidate) => candidate.kbId === kbId), kbId);
    assert.ok(
      found.every((candidate) => kb.containsEntity(candidate.kbId) && Number.isFinite(candidate.score)),
    );
    assert.ok(
      found.every((candidate, i) => i === 0 || (found[i - 1] as LinkCandidate).score >= candidate.score),
    );
    assert.equal(new Set(found.map((candidate) => candidate.kbId)).size, found.length);
  }
}

describe("any document", () => {
  for (const [name, get] of [
    ["Linker", () => linker],
    ["EntityLinker", () => component],
  ] as const) {
    it(`is linked by ${name}, alone and beside others alike, and its mentions stay where they are`, () => {
      const nel = get();
      fc.assert(
        fc.property(fc.array(given, { minLength: 1, maxLength: 3 }), (rows) => {
          const docs = rows.map(docOf);
          const links = nel.predict(docs);
          assert.deepEqual(
            links,
            docs.flatMap((doc) => nel.predict([doc])),
          );
          for (const [i, row] of rows.entries()) {
            const doc = docs[i] as Doc;
            nel.setAnnotations([doc], [links[i] as never]);
            assertLinked(doc, docOf(row), nel.kb);
          }
        }),
        { numRuns: 60 },
      );
    });

    it(`leaves no tensor behind in ${name}`, () => {
      const nel = get();
      const docs = fc.sample(given, 20).map(docOf);
      nel.predict(docs);
      const { numTensors } = backend.tf.memory();
      nel.predict(docs);
      assert.equal(backend.tf.memory().numTensors, numTensors);
    });

    it(`gives a mention of 1,000 candidates all of them in ${name}, and one of none NIL`, () => {
      const row: Given = {
        text: "Many Nobody Paris",
        ents: [
          [0, 4],
          [5, 11],
          [12, 17],
        ],
        sents: undefined,
      };
      const linked = get().call(docOf(row));
      assertLinked(linked, docOf(row), get().kb);
      assert.deepEqual(
        linked.ents.map(({ candidates }) => candidates?.length),
        [MANY, 0, 3],
      );
      const [many, nobody] = linked.ents;
      assert.notEqual(many?.reason, "no_candidates");
      assert.deepEqual([nobody?.reason, nobody?.kbId], ["no_candidates", NIL]);
    });
  }

  it("is linked to any knowledge base, by each of its aliases", () => {
    fc.assert(
      fc.property(kbRows, oddText(), (rows, between) => {
        const kb = kbOf(rows);
        const nel = linkerFrom({ ...bundle, kb }, backend);
        const ents: [number, number][] = [];
        let whole = between;
        for (const { alias } of rows.aliases) {
          ents.push([whole.length, whole.length + alias.length]);
          whole += `${alias} ${between}`;
        }
        const row: Given = { text: whole, ents, sents: undefined };
        const doc = nel.call(docOf(row));
        assertLinked(doc, docOf(row), kb);
        for (const [i, { entities }] of rows.aliases.entries()) {
          const found = (doc.ents[i] as Span).candidates as readonly LinkCandidate[];
          const ids = found.map(({ kbId }) => kbId);
          for (const id of entities) assert.ok(ids.includes(wellFormed(id)), id);
        }
      }),
      { numRuns: 100 },
    );
  });
});
