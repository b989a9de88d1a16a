import assert from "node:assert/strict";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import type { CandidateFinder } from "../../src/linker/candidates.js";
import { type Config, readConfig } from "../../src/linker/config.js";
import { FEATURE_GROUP_NAMES } from "../../src/model/features/groups.js";
import { readArrays, writeArrays } from "../../src/training/array-file.js";
import { type Corpora, prepare } from "../../src/training/prepare.js";
import { prepareCached } from "../../src/training/prepared-cache.js";
import { preparedKey } from "../../src/training/prepared-key.js";
import { train } from "../../src/training/train.js";
import { marked, suiteFolder, tinyConfig, tinyDocs, tinyKb, writeCorpus } from "../fixtures.js";

const folder = suiteFolder();
const model = { features: [...FEATURE_GROUP_NAMES] };
const corpora = (): Corpora => ({ kb: tinyKb(), ...tinyDocs() });
const cachedIn = (name: string): Config => tinyConfig({ model, training: { cache: join(folder, name) } });

/** What `prepareCached` gives, and what it says. */
async function prepared(config: Config, given = corpora()) {
  const said: string[] = [];
  return { data: await prepareCached(config, given, { onStage: (stage) => said.push(stage) }), said };
}

describe("training.cache", () => {
  it("gives the second training what the first one prepared", async () => {
    const config = cachedIn("twice");
    const first = await prepared(config);
    const second = await prepared(config);
    assert.deepEqual(first.said, []);
    assert.match(second.said.join(), /^features taken from .*features-[0-9a-f]{64}\.bin$/);
    const { featurizer: _own, kb: _kb, ...expected } = prepare(config, corpora());
    for (const { data } of [first, second]) {
      const { featurizer, kb: _, ...rest } = data;
      assert.deepEqual(rest, expected);
      const docs = [{ doc: marked("[Paris|Q1|X] again."), mentions: [] }];
      assert.deepEqual(featurizer.featurize(docs), _own.featurize(docs));
    }
    assert.equal(readdirSync(join(folder, "twice")).length, 1, "no temporary file is left");
  });

  it("gives byte-identical weights, also of one that starts from another model", async () => {
    const { config } = writeCorpus(folder);
    const cache = join(folder, "trained");
    for (const init of ["random", "base"]) {
      const weights: Buffer[] = [];
      for (const [run, training] of [
        {},
        { "training.cache": cache },
        { "training.cache": cache },
      ].entries()) {
        const output = join(folder, `model-${init}-${run}`);
        await train(readConfig(config, { ...training, ...(init === "base" && baseWidths()) }), { output });
        weights.push(readFileSync(join(output, "weights.bin")));
      }
      assert.deepEqual(weights[1], weights[0]);
      assert.deepEqual(weights[2], weights[0]);
    }
    assert.equal(readdirSync(cache).length, 2);

    function baseWidths(): Record<string, unknown> {
      const widths = { context_width: 128, type_width: 16, entity_vector_length: 64, embedding_width: 64 };
      const all = { ...widths, hidden_width: 128, context_tokens: 24 };
      const model = Object.entries(all).map(([key, value]) => [`model.${key}`, value]);
      return { ...Object.fromEntries(model), "training.init": "base" };
    }
  });

  it("is relative to the config file; an option's is relative to the working directory", () => {
    const path = join(folder, "relative.toml");
    writeFileSync(path, '[paths]\nkb = "k"\ntrain = "t"\ndev = "d"\n[training]\ncache = "kept"\n');
    assert.equal(readConfig(path).training.cache, join(folder, "kept"));
    assert.equal(readConfig(path, { "training.cache": "own" }).training.cache, join(process.cwd(), "own"));
  });

  it("that can't be written is refused before features are made", async () => {
    writeFileSync(join(folder, "a-file"), "");
    const isRefused = { code: "L530", message: /training\.cache: can't write .*a-file\/cache: / };
    await assert.rejects(prepared(cachedIn("a-file/cache")), isRefused);
    const whoMakesNone = { signal: AbortSignal.abort() };
    await assert.rejects(prepareCached(cachedIn("a-file/cache"), corpora(), whoMakesNone), isRefused);
  });

  const unwritable = "/proc/self"; // also for root, whom no permission stops
  it("that is there and can't be written is refused", { skip: !existsSync(unwritable) }, async () => {
    const config = tinyConfig({ model, training: { cache: unwritable } });
    await assert.rejects(prepared(config), { code: "L530", message: /can't write \/proc\/self: / });
  });

  it("is not asked to be written where it has the features", async () => {
    const config = cachedIn("taken");
    await prepared(config);
    utimesSync(join(folder, "taken"), 1e6, 1e6);
    assert.match((await prepared(config)).said.join(), /^features taken from /);
    assert.equal(statSync(join(folder, "taken")).mtimeMs, 1e9, "nothing came or went");
  });

  it("keeps the files that were used last", async () => {
    const cache = join(folder, "full");
    mkdirSync(cache);
    for (let age = 1; age <= 10; age++) {
      const path = join(cache, `features-${String(age).padStart(64, "0")}.bin`);
      writeFileSync(path, "");
      utimesSync(path, 1e6 - age, 1e6 - age);
    }
    writeFileSync(join(cache, "notes.txt"), "");
    await prepared(cachedIn("full"));
    const left = readdirSync(cache);
    assert.equal(left.length, 8 + 1);
    assert.ok(left.includes("notes.txt") && left.some((name) => name.endsWith("007.bin")));
    assert.ok(!left.some((name) => name.endsWith("008.bin")));
  });

  it("is left alone where functions find the candidates", async () => {
    const none = {
      entities: new Int32Array(0),
      priors: new Float32Array(0),
      frequencies: new Float32Array(0),
    };
    const candidates = { ...none, matches: new Uint8Array(0), similarities: new Float32Array(0) };
    const find: CandidateFinder = ({ ents }) =>
      ents.map((span) => ({ span, surface: "", key: "", candidates }));
    const { said } = await prepared(cachedIn("unused"), { ...corpora(), find });
    assert.match(said.join(), /functions find the candidates/);
    assert.throws(() => readdirSync(join(folder, "unused")), { code: "ENOENT" });
  });
});

describe("a kept file that is damaged", () => {
  let path = "";
  let whole = Buffer.alloc(0);
  before(async () => {
    await prepared(cachedIn("damaged"));
    path = join(folder, "damaged", readdirSync(join(folder, "damaged"))[0] as string);
    whole = readFileSync(path);
  });

  const damages: Record<string, () => void> = {
    "is cut short": () => truncateSync(path, whole.length - 100),
    "is empty": () => truncateSync(path, 0),
    "has another byte": () =>
      writeFileSync(
        path,
        whole.map((byte, i) => (i === 5000 ? byte ^ 1 : byte)),
      ),
    "has more bytes": () => writeFileSync(path, Buffer.concat([whole, Buffer.alloc(8)])),
  };
  for (const [what, damage] of Object.entries(damages)) {
    it(`since it ${what} is made anew, with one line that says so`, async () => {
      damage();
      const { data, said } = await prepared(cachedIn("damaged"));
      assert.equal(said.length, 1);
      assert.match(said[0] as string, /^features made anew: .* can't be read: it is /);
      assert.deepEqual(data.train, prepare(cachedIn("damaged"), corpora()).train);
      assert.deepEqual(readFileSync(path), whole);
      assert.equal(statSync(path).size, whole.length);
    });
  }
});

it("a kept file of an earlier build, whose features were others, is made anew", async () => {
  const config = cachedIn("earlier");
  await prepared(config);
  const path = join(folder, "earlier", readdirSync(join(folder, "earlier"))[0] as string);
  const whole = readFileSync(path);
  const { facts, arrays } = await readArrays<object>(path);
  arrays.get("train.features")?.fill(7);
  await writeArrays(path, { facts: { ...facts, format: 1 }, arrays });
  const { said } = await prepared(config);
  assert.match(said.join(), /^features made anew: .* can't be read: it is of format 1, not /);
  assert.deepEqual(readFileSync(path), whole);
});

describe("preparedKey", () => {
  const keyOf = (
    changes: Parameters<typeof tinyConfig>[0],
    given: Partial<Corpora> = {},
  ): Promise<string | undefined> => preparedKey(tinyConfig(changes), { ...corpora(), ...given });
  const [first = marked(""), ...others] = tinyDocs().train;
  const withOne = (doc: typeof first): Partial<Corpora> => ({ train: [doc, ...others] });
  const unlike: Record<string, Promise<string | undefined>> = {
    "a feature group": keyOf({ model: { features: ["prior"] } }),
    "context tokens": keyOf({ model: { context_tokens: 7 } }),
    n_sents: keyOf({ linker: { n_sents: 5 } }),
    candidates: keyOf({ candidates: { max_candidates: 2 } }),
    leave_one_out: keyOf({ training: { leave_one_out: false } }),
    "an answer": keyOf({}, withOne(first.withEnts(first.ents.map((span) => ({ ...span, kbId: "NIL" }))))),
    "a document less": keyOf({}, { train: others }),
    "a document moved from train to dev": keyOf({}, { train: others, dev: [first, ...tinyDocs().dev] }),
    "the knowledge base": keyOf({}, { kb: renamed() }),
  };
  for (const [what, key] of Object.entries(unlike)) {
    it(`is another one with ${what} changed`, async () => assert.notEqual(await key, await keyOf({})));
  }

  it("is the same for settings that features do not depend on", async () => {
    const same = keyOf({
      model: { hidden_width: 9 },
      linker: { threshold: 0.5 },
      training: { seed: 7, max_epochs: 1 },
    });
    assert.equal(await same, await keyOf({}));
  });

  it("knows the seed where priors are drawn by it", async () => {
    const [one, two] = [1, 2].map((seed) => keyOf({ training: { varied_priors: 0.5, seed } }));
    assert.notEqual(await one, await two);
  });

  function renamed(): Corpora["kb"] {
    const kb = tinyKb();
    kb.addAlias("The City of Light", ["Q1"], [0.4]);
    return kb;
  }
});
