/**
 * Calls of the real spaCy's InMemoryLookupKB (scripts/golden_kb_calls.py), replayed: the same results, the same codes
 * and the same content after each, except where `DIFFERENT` says otherwise.
 */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { LinkwrightError } from "../../src/errors.js";
import type { Candidate } from "../../src/kb/candidate.js";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { KnowledgeBase } from "../../src/kb/knowledge-base.js";
import { goldenCases } from "../golden.js";
import { temporaryFolder } from "./small-kb.js";

interface Outcome {
  readonly gives?: unknown;
  readonly error?: string;
  readonly warns?: readonly string[];
}

interface Step extends Outcome {
  readonly do: readonly [method: string, ...args: never[]];
  /** What is in the knowledge base after the call, where it is not what was before. */
  readonly kb?: Content;
  readonly why?: string;
}

/** Vectors by entity; candidates by alias. */
type Content = readonly [
  Readonly<Record<string, readonly number[]>>,
  Readonly<Record<string, readonly (readonly [entity: string, prior: number, freq: number])[]>>,
];

const steps = goldenCases<Step>("kb-calls");

/** What linkwright does where it is meant to differ from spaCy, in the order of the steps. */
const DIFFERENT: Readonly<Record<string, readonly Outcome[]>> = {
  // Accepted by spaCy, and trouble later: "NIL" would be a link to nothing, NaN wins every comparison.
  "a reserved id": refusedWith("L202", { gives: false }, 2),
  "a vector that is not finite": refusedWith("L203", { gives: false }, 4),
  "a frequency that is none": refusedWith("L204", { gives: false }, 5),
  "a probability that is none": [
    ...[0, 1, 2].flatMap(() => [
      ...refusedWith("L205", { gives: false }),
      ...refusedWith("L205", { gives: 0 }),
    ]),
  ],
  // spaCy keeps both and finds the first only.
  "an entity twice": [{ error: "L206" }, { gives: [] }],
  // Python has no UTF-8 for it; here it becomes U+FFFD.
  "a lone surrogate": [{ gives: true }, { gives: true }],
  // spaCy's come in the order they were added.
  "candidates by prior": [
    {
      gives: [
        ["B", 0.5],
        ["A", 0.25],
      ],
    },
    {
      gives: [
        ["B", 0.5],
        ["A", 0.25],
      ],
    },
  ],
  // spaCy's get_candidates is get_alias_candidates.
  "similar aliases": [
    {
      gives: [
        ["B", 0.5],
        ["A", 0.25],
      ],
    },
    {
      gives: [
        [
          ["B", 0.5],
          ["A", 0.25],
        ],
      ],
    },
    { gives: [] },
  ],
  // spaCy's candidates point at rows: each entity gets the other's probability.
  "other rows": [
    {},
    {
      gives: [
        ["B", 0.5],
        ["A", 0.25],
      ],
    },
  ],
  // spaCy has forgotten the old entities and read half of the new ones.
  "half of the entities": [{ error: "E141" }, { gives: ["A", "B"] }, { gives: [1, 2] }],
  // What is added after set_entities or from_disk has the vector of another entity, or none, after spaCy's to_disk.
  "vectors misplaced on disk": [
    ...[{ gives: true }, { gives: true }, {}],
    {
      gives: [
        [1, 2],
        [3, 4],
        [5, 6],
        [7, 8],
      ],
    },
    ...[{}, { gives: true }, {}, { gives: true }, { gives: true }, {}],
    {
      gives: [
        [1, 2],
        [5, 6],
        [7, 8],
      ],
    },
  ],
  // spaCy asks the instance for its __name__, which it lacks: an AttributeError.
  "E1045 never comes out of spaCy": Array.from({ length: 8 }, () => ({ error: "E1045" })),
};

function refusedWith(error: string, after: Outcome, times = 1): Outcome[] {
  return Array.from({ length: times }, () => [{ error }, after]).flat();
}

/** Does what the steps say, each with the knowledge base of the step before. */
class Replay {
  kb = new InMemoryLookupKB();
  private warns: string[] = [];
  private readonly onWarning = ({ code }: { code: string }): void => {
    this.warns.push(code);
  };

  constructor(private readonly context: TestContext) {}

  async do([method, ...args]: Step["do"]): Promise<Outcome> {
    this.warns = [];
    const outcome: { gives?: unknown; error?: string; warns?: string[] } = {};
    try {
      const gives = await this.call(method, args.map(withNumbers) as never[]);
      if (gives !== undefined) outcome.gives = gives;
    } catch (error) {
      assert.ok(error instanceof LinkwrightError, String(error));
      outcome.error = error.code;
    }
    if (this.warns.length > 0) outcome.warns = this.warns;
    return outcome;
  }

  private async call(method: string, args: readonly never[]): Promise<unknown> {
    const { kb, onWarning } = this;
    const [first = "" as never, second = [] as never, third = [] as never, fourth = false as never] = args;
    switch (method) {
      case "new":
        this.kb = new InMemoryLookupKB({ entityVectorLength: first, onWarning });
        return undefined;
      case "reload":
        return this.reload(first);
      case "from_disk":
        await kb.fromDisk(await this.path(first));
        return undefined;
      case "to_disk":
        return kb.toDisk(await this.path(first));
      case "abstract":
        return new (KnowledgeBase as unknown as new () => KnowledgeBase)();
      case "subclass":
        return (subclass() as unknown as Record<string, (arg: never) => unknown>)[camelCase(first)]?.(second);
      case "add_entity":
        return kb.addEntity(first, { freq: second, vector: third }) === undefined ? undefined : true;
      case "set_entities":
        return kb.setEntities(first, { freqs: second, vectors: third });
      case "add_alias":
        return kb.addAlias(first, second, third) === undefined ? undefined : true;
      case "append_alias":
        return kb.appendAlias(first, second, third, { ignoreWarnings: fourth });
      case "get_candidates_batch":
        return kb.getCandidatesBatch(first).map(pairs);
      default: {
        const gives = (kb as unknown as Record<string, (...args: never[]) => unknown>)[camelCase(method)]?.(
          ...args,
        );
        assert.notEqual(gives, undefined, method);
        return plain(gives, method);
      }
    }
  }

  private async reload(way: string): Promise<void> {
    const { kb, onWarning } = this;
    if (way === "bytes") {
      this.kb = await InMemoryLookupKB.fromBytes(await kb.toBytes(), { onWarning });
    } else {
      const folder = await temporaryFolder(this.context);
      await kb.toDisk(folder);
      this.kb = await InMemoryLookupKB.fromDisk(folder, { onWarning });
    }
  }

  private async path(kind: string): Promise<string> {
    const path = join(await temporaryFolder(this.context), "it");
    if (kind === "a file") await writeFile(path, "");
    return path;
  }
}

function subclass(): KnowledgeBase {
  const Parent = KnowledgeBase as unknown as new () => object; // as JavaScript sees it
  return new (class Subclass extends Parent {})() as KnowledgeBase;
}

function camelCase(name: string): string {
  return name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** An argument with the numbers that JSON lacks. */
function withNumbers(arg: unknown): unknown {
  if (Array.isArray(arg)) return arg.map(withNumbers);
  const numbers: Record<string, number> = { nan: NaN, inf: Infinity, "-inf": -Infinity };
  return numbers[arg as string] ?? arg;
}

function pairs(candidates: readonly Candidate[]): unknown {
  return candidates.map(({ entity_, priorProb }) => [entity_, priorProb]);
}

function plain(gives: unknown, method: string): unknown {
  if (gives instanceof Float32Array) return [...gives];
  if (!Array.isArray(gives)) return gives;
  if (method.endsWith("candidates")) return pairs(gives as Candidate[]);
  if (method.endsWith("strings")) return gives.sort();
  return gives.map((vector) => [...vector]);
}

/** Lists of strings or candidates in one order; our candidates are by prior, spaCy's as they were added. */
function sorted(list: unknown): unknown {
  if (!Array.isArray(list)) return list;
  const inner = list.map(sorted);
  const isUnordered = inner.every((item) => typeof (Array.isArray(item) ? item[0] : item) === "string");
  return isUnordered ? inner.sort() : inner;
}

function comparable({ gives, error, warns }: Outcome): Outcome {
  return {
    ...(gives === undefined ? {} : { gives: sorted(gives) }),
    ...(error === undefined ? {} : { error }),
    ...(warns === undefined ? {} : { warns }),
  };
}

/** Everything is asked for in every way there is. */
function assertContent(kb: InMemoryLookupKB, [vectors, aliases]: Content): void {
  const ids = Object.keys(vectors);
  const names = Object.keys(aliases);
  assert.deepEqual(kb.getEntityStrings().sort(), ids.sort());
  assert.deepEqual(kb.getAliasStrings().sort(), names.sort());
  assert.deepEqual([kb.getSizeEntities(), kb.getSizeAliases()], [ids.length, names.length]);
  assert.equal(kb.isEmpty(), ids.length === 0);
  assert.deepEqual(
    kb.getVectors(ids).map((vector) => [...vector]),
    ids.map((id) => vectors[id]),
  );
  for (const id of ["Q1", "Q9", ...ids]) {
    assert.equal(kb.containsEntity(id), id in vectors);
    assert.deepEqual([...kb.getVector(id)], vectors[id] ?? new Array(kb.entityVectorLength).fill(0));
  }
  for (const name of ["adam", "?", ...names]) {
    const expected = aliases[name] ?? [];
    const candidates = kb.getAliasCandidates(name);
    assert.equal(kb.containsAlias(name), name in aliases);
    assert.deepEqual(
      sorted(candidates.map(({ entity_, priorProb, entityFreq }) => [entity_, priorProb, entityFreq])),
      sorted(expected),
    );
    for (const [i, candidate] of candidates.entries()) {
      assert.ok(i === 0 || candidate.priorProb <= (candidates[i - 1]?.priorProb ?? 0), "best prior first");
      assert.equal(candidate.alias_, name);
      assert.deepEqual([...candidate.entityVector], vectors[candidate.entity_]);
      assert.equal(kb.entityIds.at(candidate.entity), candidate.entity_);
      assert.equal(kb.aliasStrings.at(candidate.alias), name);
    }
    if (candidates.length > 0) assert.deepEqual(pairs(kb.getCandidates(name)), pairs(candidates));
    for (const id of ["Q1", "Q9", ...ids]) {
      assert.equal(kb.getPriorProb(id, name), expected.find(([entity]) => entity === id)?.[1] ?? 0);
    }
  }
}

test("call by call as spaCy, but for what is listed", async (context) => {
  const replay = new Replay(context);
  const different: Record<string, Outcome[]> = {};
  let content: Content = [{}, {}];
  for (const [i, step] of steps.entries()) {
    const outcome = await replay.do(step.do);
    if (step.why !== undefined) {
      different[step.why] = [...(different[step.why] ?? []), outcome];
      continue;
    }
    content = step.kb ?? content;
    assert.deepEqual(comparable(outcome), comparable(step), `step ${i}: ${JSON.stringify(step)}`);
    try {
      assertContent(replay.kb, content);
    } catch (error) {
      throw new Error(`after step ${i}: ${JSON.stringify(step)}`, { cause: error });
    }
  }
  assert.deepEqual(different, DIFFERENT);
});

test("each difference is one", () => {
  for (const [why, outcomes] of Object.entries(DIFFERENT)) {
    const spacys = steps.filter((step) => step.why === why);
    const same = spacys.filter((step, i) => JSON.stringify(outcomes[i]) === JSON.stringify(outcomeOf(step)));
    assert.ok(same.length < spacys.length, why);
  }
});

function outcomeOf({ gives, error, warns }: Step): Outcome {
  return JSON.parse(JSON.stringify({ gives, error, warns })) as Outcome;
}
