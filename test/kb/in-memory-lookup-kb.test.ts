/** How spaCy 3.8's InMemoryLookupKB behaves, call by call; differences are named. */
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { MATCH_KINDS } from "../../src/kb/candidate.js";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { contentOf, smallKb } from "./small-kb.js";

const codes = (warnings: readonly { code: string }[]): string[] => warnings.map(({ code }) => code);

describe("entities", () => {
  test("an empty knowledge base", () => {
    const kb = new InMemoryLookupKB();
    assert.equal(kb.isEmpty(), true);
    assert.equal(kb.getSizeEntities() + kb.getSizeAliases(), 0);
    assert.equal(kb.entityVectorLength, 64);
    assert.deepEqual(kb.getCandidates("Douglas"), []);
  });

  test("are rows of columns", () => {
    const { kb } = smallKb();
    assert.equal(kb.isEmpty(), false);
    assert.equal(kb.getSizeEntities(), 4);
    assert.deepEqual(kb.getEntityStrings(), ["Q1", "Q2", "Q3", "Q72"]);
    assert.deepEqual([...kb.freq], [27, 12, 5, 400]);
    assert.deepEqual(kb.types, ["PER", "GPE"]);
    assert.deepEqual([...kb.entityType], [0, 1, 0, 1]);
    assert.deepEqual([kb.name(3), kb.description(0), kb.description(2)], ["Zürich", "English author", ""]);
    assert.deepEqual(kb.containsEntity("Q2") && !kb.containsEntity("Q4"), true);
  });

  test("W018: an entity that is there stays, whatever is given the second time", () => {
    const { kb, warnings } = smallKb();
    assert.equal(kb.addEntity("Q1", { freq: 1, vector: [1] }), undefined);
    assert.deepEqual(codes(warnings), ["W018"]);
    assert.match(warnings[0]?.message ?? "", /"Q1"/);
    assert.equal(kb.freq[0], 27);
  });

  test("E141: a vector of another length", () => {
    const { kb } = smallKb();
    assert.throws(() => kb.addEntity("Q5", { vector: [1, 2] }), {
      code: "E141",
      message: /length 2\. Expected 3/,
    });
    assert.equal(kb.containsEntity("Q5"), false);
  });

  test("what spaCy accepts and later trips over is refused", () => {
    const { kb } = smallKb();
    assert.throws(() => kb.addEntity(""), { code: "L202" });
    assert.throws(() => kb.addEntity("NIL"), { code: "L202" });
    assert.throws(() => kb.addEntity("Q5", { vector: [1, Number.NaN, 2] }), {
      code: "L203",
      message: /place 1/,
    });
    assert.throws(() => kb.addEntity("Q5", { vector: [1, 2, 1e39] }), { code: "L203" });
    for (const freq of [-1, Number.NaN, Number.POSITIVE_INFINITY]) {
      assert.throws(() => kb.addEntity("Q5", { freq }), { code: "L204" });
    }
    assert.equal(kb.getSizeEntities(), 4);
  });

  test("setEntities replaces them, E140 for lists of different lengths, W018 for an id twice", () => {
    const { kb, warnings } = smallKb();
    const one = { freqs: [1], vectors: [[1, 2, 3]] };
    assert.throws(() => kb.setEntities(["A", "B"], one), { code: "E140", message: /2 entity ids, 1 freq/ });
    assert.throws(() => kb.setEntities(["A"], { ...one, vectors: [[1, 2]] }), { code: "E141" });
    kb.setEntities(["A", "B", "A"], {
      freqs: [1, 2, 3],
      vectors: [
        [1, 2, 3],
        [4, 5, 6],
        [7, 8, 9],
      ],
    });
    assert.deepEqual(codes(warnings), ["W018"]);
    assert.deepEqual(kb.getEntityStrings(), ["A", "B"]);
    assert.deepEqual([...kb.getVector("A")], [1, 2, 3]);
    // spaCy keeps the aliases, which then point at other entities.
    assert.equal(kb.getSizeAliases(), 0);
  });

  test("setEntities: an id that stays keeps its texts and aliases, in whatever row; an error changes nothing", () => {
    const { kb } = smallKb();
    const before = contentOf(kb);
    assert.throws(() => kb.setEntities(["Q2", "NIL"], { freqs: [1, 1], vectors: [[1, 2, 3], []] }), {
      code: "L202",
    });
    assert.deepEqual(contentOf(kb), before);
    kb.setEntities(["new", "Q3", "Q2"], { freqs: [1, 2, 3], vectors: new Array(3).fill([1, 2, 3]) });
    assert.deepEqual(
      [kb.name(2), kb.description(2), kb.types],
      ["Douglas", "a city of Douglas", ["", "PER", "GPE"]],
    );
    assert.deepEqual([...kb.freq], [1, 2, 3]);
    assert.deepEqual(
      kb.getCandidates("Douglas").map((c) => [c.entity_, c.entity, c.entityFreq]),
      [
        ["Q2", 2, 3],
        ["Q3", 1, 2],
      ],
    );
    assert.deepEqual(kb.getAliasStrings(), ["douglas", "adam"]);
  });

  test("spaCy's calls, argument by argument, are the same", () => {
    const [named, positional] = [smallKb(), smallKb()];
    named.kb.addEntity("Q5", { freq: 7, vector: [1, 2, 3] });
    assert.equal(positional.kb.addEntity("Q5", 7, [1, 2, 3]), 4);
    assert.deepEqual(contentOf(positional.kb), contentOf(named.kb));
    assert.throws(() => positional.kb.addEntity("Q6", 7, [1]), { code: "E141" });
    named.kb.setEntities(["Q5", "Q1"], { freqs: [1, 2], vectors: [[0, 0, 1], new Float32Array(3)] });
    positional.kb.setEntities(["Q5", "Q1"], Float32Array.of(1, 2), [[0, 0, 1], new Float32Array(3)]);
    assert.deepEqual(contentOf(positional.kb), contentOf(named.kb));
    for (const lists of [[], [[1, 2]], [[1], [[], []]], [{ freq: [1, 2] }]] as never[][]) {
      const setEntities = positional.kb.setEntities.bind(positional.kb) as (...args: unknown[]) => void;
      assert.throws(() => setEntities(["Q5", "Q1"], ...lists), { code: "E140" });
    }
  });

  test("L001: options by Python's names, or none", () => {
    for (const options of [{ entity_vector_length: 3 }, 3]) {
      assert.throws(() => new InMemoryLookupKB(options as never), {
        code: "L001",
        message: /entityVectorLength/,
      });
    }
  });

  test("L209: a length of vectors that is none", () => {
    for (const entityVectorLength of [-1, 1.5, Number.NaN, "3" as unknown as number]) {
      assert.throws(() => new InMemoryLookupKB({ entityVectorLength }), { code: "L209" });
    }
    const { kb } = smallKb();
    assert.throws(() => kb.setVectors(new Float32Array(4), 0.5), { code: "L209" });
    assert.equal(new InMemoryLookupKB({ entityVectorLength: 0 }).addEntity("Q1", { vector: [] }), 0);
  });
});

describe("vectors", () => {
  test("zeros for an unknown entity, and until any is set", () => {
    const { kb } = smallKb();
    assert.deepEqual([...kb.getVector("Q1")], [8, 4, 3]);
    assert.deepEqual([...kb.getVector("Q4")], [0, 0, 0]);
    assert.deepEqual(
      kb.getVectors(["Q2", "Q4"]).map((vector) => [...vector]),
      [
        [2, 1, 0],
        [0, 0, 0],
      ],
    );
    const bare = new InMemoryLookupKB({ entityVectorLength: 2 });
    bare.addEntity("A");
    assert.equal(bare.vectors, undefined);
    assert.deepEqual([...bare.getVector("A")], [0, 0]);
    bare.addEntity("B", { vector: [1, 2] });
    bare.addEntity("C");
    assert.deepEqual([...(bare.vectors ?? [])], [0, 0, 1, 2, 0, 0]);
  });

  test("setVectors replaces all, their length too", () => {
    const { kb } = smallKb();
    kb.setVectors(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8), 2);
    assert.equal(kb.entityVectorLength, 2);
    assert.deepEqual([...kb.getVector("Q2")], [3, 4]);
    assert.throws(() => kb.setVectors(new Float32Array(9)), { code: "E141" });
    const broken = Float32Array.of(1, 2, 3, Number.NaN, 5, 6, 7, 8);
    assert.throws(() => kb.setVectors(broken), { code: "L203", message: /"Q2" has NaN at place 1/ });
    assert.deepEqual([...kb.getVector("Q2")], [3, 4]);
    kb.addEntity("plain");
    assert.deepEqual([...kb.getVector("plain")], [0, 0]);
  });

  test("a vector that is handed out is a copy", () => {
    const { kb } = smallKb();
    kb.getVector("Q1")[0] = 99;
    assert.equal(kb.getVector("Q1")[0], 8);
  });
});

describe("aliases", () => {
  test("E890 no alias, E132 other numbers, E133 sum above 1, E134 unknown entity: nothing is added", () => {
    const { kb } = smallKb();
    assert.throws(() => kb.addAlias("", ["Q1"], [1]), { code: "E890" });
    assert.throws(() => kb.addAlias(null as unknown as string, ["Q1"], [1]), {
      code: "E890",
      message: /"null"/,
    });
    assert.throws(() => kb.addAlias("x", ["Q1", "Q2"], [0.5]), {
      code: "E132",
      message: /2 entities and 1 prob/,
    });
    assert.throws(() => kb.addAlias("x", ["Q1", "Q2"], [0.8, 0.4]), { code: "E133", message: /1\.2/ });
    assert.throws(() => kb.addAlias("x", ["Q1", "Q9"], [0.8, 0.1]), { code: "E134", message: /"Q9"/ });
    assert.equal(kb.containsAlias("x"), false);
    assert.equal(kb.getSizeAliases(), 4);
  });

  test("E132, E134: arguments of other kinds", () => {
    const addAlias = smallKb().kb.addAlias.bind(smallKb().kb) as (...args: unknown[]) => void;
    for (const args of [[["Q1"]], [["Q1"], 1], [{ entities: ["Q1"] }], []]) {
      assert.throws(() => addAlias("Ann", ...args), { code: "E132" });
    }
    assert.throws(() => addAlias("Ann", "Q1", [0.5, 0.5]), { code: "E134", message: /"Q"/ });
  });

  test("rounded shares that add to a little more than 1 pass", () => {
    const { kb } = smallKb();
    assert.equal(kb.addAlias("x", ["Q1", "Q2"], [0.500005, 0.500004]), 4);
  });

  test("an alias without entities is none's name", () => {
    const { kb } = smallKb();
    kb.addAlias("nobody", [], []);
    assert.equal(kb.containsAlias("nobody"), true);
    assert.deepEqual(kb.getAliasCandidates("nobody"), []);
  });

  test("W017: an alias that is there stays, even when given unknown entities", () => {
    const { kb, warnings } = smallKb();
    assert.equal(kb.addAlias("adam", ["Q9"], [0.2]), undefined);
    assert.deepEqual(codes(warnings), ["W017"]);
    assert.deepEqual(
      kb.getAliasCandidates("adam").map((c) => c.entity_),
      ["Q2"],
    );
  });

  test("what spaCy accepts: negative and NaN priors, an entity twice", () => {
    const { kb } = smallKb();
    for (const prior of [-0.1, Number.NaN, Number.NEGATIVE_INFINITY, "0.05" as unknown as number]) {
      assert.throws(() => kb.addAlias("x", ["Q1"], [prior]), { code: "L205" });
      assert.throws(() => kb.appendAlias("adam", "Q1", prior), { code: "L205" });
    }
    assert.throws(() => kb.addAlias("x", ["Q1", "Q2", "Q1"], [0.1, 0.1, 0.1]), {
      code: "L206",
      message: /"Q1" twice/,
    });
    assert.equal(kb.containsAlias("x"), false);
  });

  test("appendAlias: E176, E134, E133 before W024, and none of the other aliases is touched", () => {
    const { kb, warnings } = smallKb();
    assert.throws(() => kb.appendAlias("x", "Q1", 0.1), { code: "E176" });
    assert.throws(() => kb.appendAlias("douglas", "Q9", 0.05), { code: "E134" });
    assert.throws(() => kb.appendAlias("douglas", "Q2", 0.2), { code: "E133" });
    kb.appendAlias("douglas", "Q2", 0.05);
    kb.appendAlias("douglas", "Q2", 0.05, { ignoreWarnings: true });
    assert.deepEqual(codes(warnings), ["W024"]);
    assert.equal(kb.getPriorProb("Q2", "douglas"), Math.fround(0.8));

    kb.appendAlias("douglas", "Q1", 0.1);
    kb.appendAlias("Zürich", "Q1", 0);
    kb.appendAlias("adam", "Q1", 0.05);
    const all = kb.getAliasStrings().map((alias) => kb.getAliasCandidates(alias).map((c) => c.entity_));
    assert.deepEqual(all, [["Q2", "Q1", "Q3"], ["Q1"], ["Q2", "Q1"], ["Q72", "Q1"]]);
    assert.deepEqual([...kb.entityAliases(0)], [0, 1, 2, 3]);
    // Reading the columns out closes the gaps that moving lists left.
    const { candidates } = kb.toParts();
    assert.deepEqual([...candidates.offsets], [0, 3, 4, 6, 8]);
    assert.deepEqual([...candidates.entities], [1, 2, 0, 0, 1, 0, 3, 0]);
    assert.deepEqual(
      kb.getAliasCandidates("adam").map((c) => c.entity_),
      ["Q2", "Q1"],
    );
  });

  test("appendAlias: no W024 where it is not wanted, said as here or as in Python", () => {
    const { kb, warnings } = smallKb();
    for (const options of [{ ignoreWarnings: true }, true]) kb.appendAlias("adam", "Q2", 0.01, options);
    assert.deepEqual(warnings, []);
    for (const options of [{}, false]) kb.appendAlias("adam", "Q2", 0.01, options);
    assert.deepEqual(codes(warnings), ["W024", "W024"]);
  });

  test("prior probabilities, 0 for what is unknown", () => {
    const { kb } = smallKb();
    assert.equal(kb.getPriorProb("Q3", "douglas"), Math.fround(0.1));
    assert.equal(kb.getPriorProb("Q1", "douglas"), 0);
    assert.equal(kb.getPriorProb("Q9", "douglas"), 0);
    assert.equal(kb.getPriorProb("Q1", "nobody"), 0);
  });

  test("entityAliases follows what is added", () => {
    const { kb } = smallKb();
    assert.deepEqual([...kb.entityAliases(1)], [0, 2]);
    kb.addAlias("Doug", ["Q2"], [1]);
    kb.addEntity("Q5");
    assert.deepEqual([...kb.entityAliases(1)], [0, 2, 4]);
    assert.deepEqual([...kb.entityAliases(4)], []);
  });
});

describe("candidates", () => {
  test("have spaCy's seven attributes", () => {
    const { kb } = smallKb();
    const [first, second] = kb.getAliasCandidates("douglas");
    assert.deepEqual([first?.entity, first?.entity_, first?.entityFreq], [1, "Q2", 12]);
    assert.deepEqual([...(first?.entityVector ?? [])], [2, 1, 0]);
    assert.deepEqual([first?.alias, first?.alias_, first?.priorProb], [0, "douglas", Math.fround(0.8)]);
    assert.deepEqual([first?.match, first?.similarity, second?.entity_], ["exact", 1, "Q3"]);
  });

  test("getAliasCandidates is exact: case counts", () => {
    const { kb } = smallKb();
    assert.deepEqual(kb.getAliasCandidates("Douglas"), []);
    assert.equal(kb.getAliasCandidates("douglas").length, 2);
  });

  test("getCandidates tries the strict before the lax, and says which found", () => {
    const { kb } = smallKb();
    const found = (mention: string) => kb.getCandidates(mention).map((c) => [c.entity_, c.match]);
    assert.deepEqual(found("Zürich"), [["Q72", "exact"]]);
    assert.deepEqual(found("ZURICH"), [["Q72", "normalised"]]);
    assert.deepEqual(found("The Adams"), [["Q2", "plural"]]);
    assert.deepEqual(found("Douglas Adamsen"), [["Q1", "trigram"]]);
    assert.deepEqual(found("Arthur Dent"), []);
    assert.deepEqual(found(""), []);
    assert.ok(kb.getCandidates("Douglas Adamsen").every((c) => c.similarity > 0.5 && c.similarity < 1));
    for (const [, match] of found("ZURICH"))
      assert.ok((MATCH_KINDS as readonly string[]).includes(match as string));
  });

  test("L220: are asked for by text, which spans don't have", () => {
    const { kb } = smallKb();
    const ask = (mention: unknown): void => {
      assert.throws(() => kb.getCandidates(mention as string), { code: "L220", message: /doc\.text\.slice/ });
      assert.throws(() => kb.getAliasCandidates(mention as string), { code: "L220" });
      assert.throws(() => kb.getCandidatesBatch([mention as string]), { code: "L220" });
    };
    ask({ start: 0, end: 4 });
    ask(undefined);
  });

  test("come best prior first; an entity of several aliases once, by its best", () => {
    const { kb } = smallKb();
    kb.addAlias("DOUGLAS", ["Q3", "Q1", "Q2"], [0.5, 0.3, 0.2]);
    assert.deepEqual(
      kb.getCandidates("Douglas").map((c) => [c.entity_, c.priorProb, c.alias_]),
      [
        ["Q2", Math.fround(0.8), "douglas"],
        ["Q3", 0.5, "DOUGLAS"],
        ["Q1", Math.fround(0.3), "DOUGLAS"],
      ],
    );
  });

  test("an alias without candidates leaves the word to the laxer ways", () => {
    const { kb } = smallKb();
    kb.addAlias("Douglas", [], []);
    assert.deepEqual(
      kb.getCandidates("Douglas").map((c) => c.match),
      ["normalised", "normalised"],
    );
  });

  test("a batch is its mentions one by one", () => {
    const { kb } = smallKb();
    const ids = kb.getCandidatesBatch(["adam", "x", "douglas"]).map((found) => found.map((c) => c.entity_));
    assert.deepEqual(ids, [["Q2"], [], ["Q2", "Q3"]]);
  });

  test("an alias that is added later is found", () => {
    const { kb } = smallKb();
    assert.deepEqual(kb.getCandidates("Hitchhiker"), []);
    kb.addAlias("hitchhiker", ["Q1"], [1]);
    assert.deepEqual(
      kb.getCandidates("Hitchhiker").map((c) => c.entity_),
      ["Q1"],
    );
  });

  test("any string may be a mention, any but the empty an alias", () => {
    const { kb } = smallKb();
    for (const text of ["🍎", "e\u0301", "\ud83c", "\u0301", " ", "\0", "👩‍👩‍👧 family", "x".repeat(3000)]) {
      assert.notEqual(kb.addAlias(text, ["Q1"], [1]), undefined, JSON.stringify(text));
      assert.deepEqual(
        kb.getCandidates(text).map((c) => c.match),
        ["exact"],
      );
    }
  });
});
