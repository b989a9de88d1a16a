import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { parse } from "smol-toml";
import { overridesOf } from "../../src/cli/overrides.js";
import {
  checkConfig,
  configToToml,
  linkerOptions,
  mentionOptions,
  modelOptions,
  type Overrides,
  parseConfig,
  readConfig,
} from "../../src/linker/config.js";
import { CANDIDATE_DEFAULTS, LINKER_DEFAULTS } from "../../src/linker/options.js";
import { MODEL_DEFAULTS } from "../../src/model/options.js";
import { suiteFolder } from "../fixtures.js";

const PATHS = '[paths]\nkb = "kb"\ntrain = "t.jsonl"\ndev = "/data/d.jsonl"\n';
const folder = suiteFolder();
const file = join(folder, "c.toml");

function read(toml: string, overrides?: Overrides) {
  writeFileSync(file, toml);
  return readConfig(file, overrides);
}

/** Asserts that a config is refused with one line. */
function refused(toml: string, code: string, message: RegExp, overrides?: Overrides): void {
  assert.throws(
    () => read(toml, overrides),
    (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.match(error.message, message);
      assert.ok(error.message.includes(file) && !error.message.includes("\n"), error.message);
      return true;
    },
  );
}

describe("readConfig", () => {
  it("mentions: the gazetteer, filtered, all labels; other words are refused", () => {
    assert.deepEqual(mentionOptions(read(PATHS)), {
      detector: "gazetteer",
      linkableLabels: null,
      paths: CANDIDATE_DEFAULTS.paths,
    });
    const set = read(
      `${PATHS}[mentions]\ndetector = "compromise"\nlinkable_labels = ["ORG"]\nfilter = false\n`,
    );
    assert.deepEqual(mentionOptions(set).linkableLabels, ["ORG"]);
    assert.deepEqual(parseConfig(configToToml(set), file).mentions, set.mentions);
    refused(`${PATHS}[mentions]\ndetector = "spacy"\n`, "L503", /mentions\.detector.*"gazetteer"/);
    refused(`${PATHS}[mentions]\nlinkable_label = []\n`, "L503", /did you mean 'mentions\.linkable_labels'/);
  });

  it("needs the paths and nothing else; they are relative to the file", () => {
    const { paths, ...rest } = read(PATHS);
    assert.deepEqual(paths, { kb: join(folder, "kb"), train: join(folder, "t.jsonl"), dev: "/data/d.jsonl" });
    const { paths: _, ...defaults } = checkConfig({ paths: { kb: "a", train: "b", dev: "c" } }, "");
    assert.deepEqual(rest, defaults);
  });

  it("has spaCy's defaults for the linker, but three sentences of context, and the model's own", () => {
    const config = read(PATHS);
    assert.deepEqual(linkerOptions(config), { ...LINKER_DEFAULTS, nSents: 3 });
    assert.deepEqual(modelOptions(config), MODEL_DEFAULTS);
  });

  it("lets overrides win; their paths are relative to the working directory, and made absolute at once", () => {
    const config = read(`${PATHS}[training]\nmax_epochs = 5\nseed = 7\n`, {
      "training.max_epochs": 9,
      "paths.train": "here.jsonl",
      "linker.labels_discard": ["DATE"],
    });
    assert.equal(config.training.max_epochs, 9);
    assert.equal(config.training.seed, 7);
    assert.deepEqual([config.paths.train, config.paths.kb], [resolve("here.jsonl"), join(folder, "kb")]);
    assert.deepEqual(config.linker.labels_discard, ["DATE"]);
    assert.deepEqual(read("", { "paths.kb": "k", "paths.train": "../t", "paths.dev": "/d" }).paths, {
      kb: join(process.cwd(), "k"),
      train: join(process.cwd(), "..", "t"),
      dev: "/d",
    });
    refused(PATHS, "L503", /paths\.kb /, { "paths.kb": "" });
  });

  it("names functions, alone or with arguments; paths among these are relative to the file too", () => {
    const paths = '[paths]\ntrain = "t"\ndev = "d"\n';
    const loader = '{ "@misc" = "my.v1", kb_path = "kb", path = "/a", url = "http://b", n = 3 }';
    const { functions } = read(`${paths}[functions]\nkb_loader = ${loader}\nget_candidates = "c.v1"\n`);
    assert.deepEqual(functions, {
      kb_loader: { "@misc": "my.v1", kb_path: join(folder, "kb"), path: "/a", url: "http://b", n: 3 },
      get_candidates: "c.v1",
    });
    refused(`${paths}`, "L503", /paths\.kb is missing/);
    refused(`${PATHS}[functions]\nkb_loader = "my.v1"\n`, "L503", /functions\.kb_loader excludes paths\.kb/);
    refused(`${PATHS}[functions]\nscorer = { "@misc" = "my.v1" }\n`, "L503", /functions\.scorer/);
  });

  it("gives back what it wrote", () => {
    const config = read(`${PATHS}[linker]\nthreshold = 0.25\n[training]\nlearning_rate = 1e-5\n`);
    assert.deepEqual(parseConfig(configToToml(config), "again"), config);
  });

  it("refuses an unknown key and says which one is meant", () => {
    refused(
      `${PATHS}[training]\nlerning_rate = 1`,
      "L503",
      /training\.lerning_rate .*'training\.learning_rate'\?/,
    );
    refused(`${PATHS}[linker]\nmax_epochs = 1`, "L503", /linker\.max_epochs .*'training\.max_epochs'\?/);
    refused(`seed = 1\n${PATHS}`, "L503", /: seed is unknown; did you mean 'training\.seed'\?/);
    refused(`${PATHS}[model]\nfrobnicate = 1`, "L503", /: model\.frobnicate is unknown\./);
    refused(PATHS, "L503", /training\.max_epoch .*'training\.max_epochs'\?/, { "training.max_epoch": 3 });
  });

  it("refuses an unknown section and says which one is meant", () => {
    refused(`${PATHS}[trainig]\nseed = 1`, "L503", /: trainig is unknown; did you mean 'training'\?/);
    refused(`${PATHS}[nonsense]\nseed = 1`, "L503", /: nonsense is unknown\./);
  });

  it("refuses a wrong type or a value out of range with the dotted key and what is expected", () => {
    const wrong = [
      ['[training]\nmax_epochs = "five"', /training\.max_epochs .*number.*string/],
      ["[training]\nmax_epochs = 1.5", /training\.max_epochs .*int/],
      ["[training]\nmax_epochs = 0", /training\.max_epochs .*>=1/],
      ["[training]\nlearning_rate = nan", /training\.learning_rate /],
      ["[training]\ndropout = 1.0", /training\.dropout .*<=0\.95/],
      ['[training]\nbackend = "webgl"', /training\.backend .*wasm/],
      ['[linker]\nincl_prior = "yes"', /linker\.incl_prior .*boolean/],
      ["[linker]\nthreshold = 2", /linker\.threshold /],
      ["[linker]\nlabels_discard = [1]", /linker\.labels_discard\.0 .*string/],
      ['[model]\nfeatures = ["prior", "magic"]', /model\.features\.1 .*memory/],
      ['[candidates]\npaths = ["exact"]', /candidates\.paths\.0 .*normalised/],
    ] as const;
    for (const [toml, message] of wrong) refused(`${PATHS}${toml}`, "L503", message);
    refused("training = 3\n", "L503", /training|paths/);
  });

  it("turns the classifier's parts off with the architecture cosine, and refuses what contradicts it", () => {
    const cosine = `${PATHS}[model]\narchitecture = "cosine"\n`;
    const { features, nilLogit, interactions, contextWidth } = modelOptions(read(cosine));
    assert.deepEqual([features, nilLogit, interactions, contextWidth], [[], false, false, 128]);
    const config = read(cosine);
    assert.deepEqual(parseConfig(configToToml(config), "again"), config);
    assert.deepEqual(read(`${cosine}nil_logit = false\nfeatures = []`), config);
    assert.deepEqual(read(PATHS, { "model.architecture": "cosine" }), config);
    const wrong = [
      ["[decide]\nprecision = 0.9", /decide\.precision excludes model\.architecture "cosine"/],
      ['[training]\ninit = "base"', /training\.init .*excludes model\.architecture "cosine"/],
      ['[training]\nbackend = "webgpu"', /training\.backend "webgpu" excludes model\.architecture "cosine"/],
      ['features = ["prior"]', /model\.features excludes/],
      ["nil_logit = true", /model\.nil_logit excludes/],
      ["skip = true", /model\.skip excludes/],
    ] as const;
    for (const [toml, message] of wrong) refused(`${cosine}${toml}`, "L503", message);
    refused(`${PATHS}[model]\narchitecture = "cnn"`, "L503", /model\.architecture .*classifier.*cosine/);
    refused("model = 3\n", "L503", /model|paths/);
  });

  it("refuses a missing section and a missing path", () => {
    refused("[training]\nseed = 1", "L503", /: paths is missing\./);
    refused('[paths]\nkb = "k"\ntrain = "t"', "L503", /: paths\.dev is missing\./);
    refused('[paths]\nkb = ""\ntrain = "t"\ndev = "d"', "L503", /paths\.kb /);
  });

  it("refuses what is not TOML, with the line", () => {
    refused(`${PATHS}[training\n`, "L502", new RegExp(`${file}:5 `));
    refused(`${PATHS}[training]\nseed = 1\nseed = 2\n`, "L502", /c\.toml:\d+ /);
  });

  it("refuses a file that isn't there", () => {
    assert.throws(() => readConfig(join(folder, "none.toml")), { code: "L501", message: /none\.toml/ });
    assert.throws(() => readConfig(folder), { code: "L501" });
  });
});

describe("overridesOf", () => {
  it("reads values as TOML, else as text, and leaves the command's own options out", () => {
    const argv = {
      _: ["train"],
      $0: "linkwright",
      output: "m",
      "training.max_epochs": "5",
      "training.learning_rate": "1e-3",
      "linker.incl_prior": "false",
      "linker.threshold": "auto",
      "model.features": '["prior", "strings"]',
      "paths.train": "data/t.jsonl",
      "training.seed": ["1", "2"],
    };
    assert.deepEqual(overridesOf(argv, ["output"]), {
      "training.max_epochs": 5,
      "training.learning_rate": 1e-3,
      "linker.incl_prior": false,
      "linker.threshold": "auto",
      "model.features": ["prior", "strings"],
      "paths.train": "data/t.jsonl",
      "training.seed": [1, 2],
    });
  });
});

describe("configs/", () => {
  const configs = fileURLToPath(new URL("../../../configs", import.meta.url));
  const skip = !existsSync(join(configs, "default.toml")) && "there is no configs/default.toml";

  it("default.toml has every key, with its default", { skip }, () => {
    const text = readFileSync(join(configs, "default.toml"), "utf8");
    const { paths: _, ...written } = parse(text);
    const { paths, ...defaults } = checkConfig({ paths: { kb: "a", train: "b", dev: "c" } }, "");
    assert.deepEqual(structuredClone(written), defaults);
    assert.deepEqual(Object.keys(parse(text).paths as object), Object.keys(paths));
  });

  it("presets are valid, and change what they hold", { skip }, () => {
    const defaults = parse(readFileSync(join(configs, "default.toml"), "utf8")) as Record<string, object>;
    for (const name of readdirSync(configs).filter((entry) => entry.endsWith(".toml"))) {
      const config = readConfig(join(configs, name));
      assert.equal(config.paths.train, resolve(config.paths.train));
      if (name === "default.toml") continue;
      const { paths: _, ...sections } = parse(readFileSync(join(configs, name), "utf8")) as Record<
        string,
        object
      >;
      for (const [section, keys] of Object.entries(sections)) {
        for (const [key, value] of Object.entries(keys)) {
          const usual = (defaults[section] as Record<string, unknown>)[key];
          assert.notDeepEqual(value, usual, `${name}: ${section}.${key} is the default`);
        }
      }
    }
  });
});
