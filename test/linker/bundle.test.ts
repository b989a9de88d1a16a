import assert from "node:assert/strict";
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { before, describe, it } from "node:test";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { type Bundle, linkerFrom, readBundle, writeBundle } from "../../src/linker/bundle.js";
import type { Link } from "../../src/linker/predict.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { type Backend, loadBackend } from "../../src/tensor/backend.js";
import type { WeightFormat } from "../../src/tensor/weights.js";
import { trainOn } from "../../src/training/train.js";
import { suiteFolder, tinyConfig, tinyDocs, tinyKb } from "../fixtures.js";

const folder = suiteFolder();
const model = join(folder, "model");
const FILES = ["config.toml", "weights.bin", "vocabulary.tsv", "evidence.arrow", "memory.arrow"];

let backend: Backend;
let bundle: Bundle;
before(async () => {
  backend = await loadBackend("wasm");
  const config = tinyConfig({
    training: { max_epochs: 3 },
    model: { features: ["prior", "overlap", "memory"] },
  });
  bundle = await trainOn(config, { kb: tinyKb(), ...tinyDocs() }, backend);
  await writeBundle(bundle, model, { linkwrightVersion: "1.2.3" });
});

function linksOf(linker: Awaited<ReturnType<typeof loadLinker>>): Link[][] {
  return linker.predict(tinyDocs().dev);
}

/** A copy of the model to break. */
function copy(name: string): string {
  const path = join(folder, name);
  cpSync(model, path, { recursive: true });
  return path;
}

function alter(file: string, change: (bytes: Buffer) => Uint8Array | string): void {
  writeFileSync(file, change(readFileSync(file)));
}

function alterMeta(path: string, change: (meta: Record<string, unknown>) => void): void {
  alter(join(path, "meta.json"), (bytes) => {
    const meta = JSON.parse(bytes.toString()) as Record<string, unknown>;
    change(meta);
    return JSON.stringify(meta);
  });
}

const flipByte = (bytes: Buffer): Buffer => {
  const at = bytes.length >> 1;
  bytes[at] = (bytes[at] as number) ^ 1;
  return bytes;
};

describe("writeBundle and readBundle", () => {
  it("keep everything: the same links come out", async () => {
    assert.deepEqual(readdirSync(model).sort(), [...FILES, "kb", "meta.json"].sort());
    assert.deepEqual(linksOf(await loadLinker(model, backend)), linksOf(linkerFrom(bundle, backend)));
    const again = await readBundle(model);
    assert.deepEqual([...again.learned.members], [...bundle.learned.members]);
    assert.deepEqual(again.learned.memory, bundle.learned.memory);
    assert.deepEqual(again.learned.scaling, bundle.learned.scaling);
    assert.deepEqual(again.evidence, bundle.evidence);
    assert.deepEqual([again.config, again.calibration], [bundle.config, bundle.calibration]);
    const meta = JSON.parse(readFileSync(join(model, "meta.json"), "utf8")) as Record<string, unknown>;
    assert.deepEqual([meta.linkwright, meta.kb_hash], ["1.2.3", again.kb.hash]);
  });

  it("keep a model's own entity vectors, though another was trained on the same knowledge base since", async () => {
    const corpora = { kb: tinyKb(), ...tinyDocs() };
    const configOf = (seed: number) => tinyConfig({ training: { max_epochs: 2, seed } });
    const first = await trainOn(configOf(1), corpora, backend);
    const expected = linksOf(linkerFrom(first, backend));
    await trainOn(configOf(2), corpora, backend);
    const path = join(folder, "first");
    await writeBundle(first, path, { linkwrightVersion: "1.2.3" });
    assert.deepEqual(linksOf(await loadLinker(path, backend)), expected);
  });

  it("write the same bytes again", async () => {
    const twice = join(folder, "twice");
    await writeBundle(await readBundle(model), twice, { linkwrightVersion: "1.2.3" });
    for (const file of [...FILES, "meta.json"]) {
      assert.deepEqual(readFileSync(join(twice, file)), readFileSync(join(model, file)), file);
    }
  });

  for (const [format, tolerance] of [
    ["float32", 0],
    ["float16", 0],
    ["uint8", 0.1],
  ] as const) {
    it(`as ${format} give ${tolerance === 0 ? "" : "nearly "}the same probabilities`, async () => {
      const small = join(folder, format);
      await writeBundle(bundle, small, { format, linkwrightVersion: "1.2.3" });
      const size = statSync(join(small, "weights.bin")).size / statSync(join(model, "weights.bin")).size;
      assert.ok(format === "float32" ? size > 1 : format === "uint8" ? size < 1 : size === 1);
      const expected = linksOf(linkerFrom(bundle, backend)).flat();
      linksOf(await loadLinker(small, backend))
        .flat()
        .forEach((link, i) => {
          const other = expected[i] as Link;
          for (const { kbId, score } of link.candidates) {
            const same = other.candidates.find((candidate) => candidate.kbId === kbId);
            assert.ok(
              Math.abs(score - (same?.score as number)) <= tolerance,
              `${kbId}: ${score} for ${same?.score}`,
            );
          }
        });
    });
  }

  it("read a quantised model and write it in another format again", async () => {
    const formats: WeightFormat[] = ["uint8", "float32"];
    let path = model;
    for (const format of formats) {
      const next = join(folder, `again-${format}`);
      await writeBundle(await readBundle(path), next, { format, linkwrightVersion: "1.2.3" });
      path = next;
    }
    const [coarse, stored] = [await readBundle(join(folder, "again-uint8")), await readBundle(path)];
    assert.deepEqual([...stored.learned.members], [...coarse.learned.members]);
  });
});

describe("readBundle refuses", () => {
  const refused = (path: string, code: string, message = /./): Promise<void> =>
    assert.rejects(readBundle(path), { code, message });

  it("what is no model folder", async () => {
    await refused(join(folder, "nowhere"), "L402", /nowhere.*no such folder/);
    const empty = join(folder, "empty");
    mkdirSync(empty);
    await refused(empty, "L402", /no meta\.json/);
    await refused(join(model, "weights.bin"), "L402");
    await refused(join(model, "kb"), "L402", /linkwright-kb/);
  });

  it("each file that was altered, cut short or taken away", async () => {
    for (const file of FILES) {
      const path = copy(`broken-${file}`);
      alter(join(path, file), flipByte);
      await refused(path, "L403", new RegExp(`${file} was altered`));
      cpSync(join(model, file), join(path, file));
      alter(join(path, file), (bytes) => bytes.subarray(0, -1));
      await refused(path, "L403");
      rmSync(join(path, file));
      await refused(path, "L402", new RegExp(`${file} is missing`));
    }
  });

  it("a meta.json that is cut short, of another program, or lacks what it must have", async () => {
    const path = copy("meta");
    alter(join(path, "meta.json"), (bytes) => bytes.subarray(0, bytes.length >> 1));
    await refused(path, "L402", /not JSON/);
    for (const content of ["null", "[]", "{}", '{"format": "spacy"}', '"text"']) {
      writeFileSync(join(path, "meta.json"), content);
      await refused(path, "L402");
    }
    for (const key of ["sha256", "labels", "types", "calibration"]) {
      cpSync(join(model, "meta.json"), join(path, "meta.json"));
      alterMeta(path, (meta) => delete meta[key]);
      await refused(path, "L403", /meta\.json was altered/);
    }
  });

  it("a meta.json with another number", async () => {
    const path = copy("meta-number");
    alterMeta(path, (meta) => {
      (meta.calibration as { threshold: number }).threshold += 0.1;
    });
    await refused(path, "L403", /meta\.json was altered/);
  });

  it("another version of the format", async () => {
    const path = copy("version");
    alterMeta(path, (meta) => {
      meta.version = 2;
    });
    await refused(path, "L404", /written in format 2, this linkwright reads 1/);
  });

  it("a knowledge base that was altered, cut short, taken away, or of another version", async () => {
    const path = copy("kb-broken");
    const kb = join(path, "kb");
    const [file = ""] = readdirSync(kb).filter((name) => name.endsWith(".arrow"));
    alter(join(kb, file), flipByte);
    await refused(path, "L215", new RegExp(file));
    alter(join(kb, file), (bytes) => bytes.subarray(0, -8));
    await refused(path, "L214");
    rmSync(join(kb, file));
    await refused(path, "L213");
    alterMeta(kb, (meta) => {
      meta.version = 99;
    });
    await refused(path, "L212", /version 99/);
    rmSync(kb, { recursive: true });
    await refused(path, "E929");
  });
});

describe("readBundle and a knowledge base that was swapped", () => {
  const swapped = async (name: string, change: (kb: InMemoryLookupKB) => unknown): Promise<string> => {
    const path = copy(name);
    const { kb } = await readBundle(path);
    change(kb);
    await kb.toDisk(join(path, "kb"));
    return path;
  };

  it("refuses a sound one that is another, be it by one entity, alias or type", async () => {
    const changes: Record<string, (kb: InMemoryLookupKB) => unknown> = {
      entity: (kb) => kb.addEntity("Q9"),
      alias: (kb) => kb.addAlias("Lutetia", ["Q1"], [1]),
      type: (kb) => {
        const { entities, ...parts } = kb.toParts();
        const types = entities.types.map((type) => (type === "GPE" ? "LOC" : type));
        kb.fromParts({ ...parts, entities: { ...entities, types } });
      },
    };
    for (const [name, change] of Object.entries(changes)) {
      const path = await swapped(`swapped-${name}`, change);
      await InMemoryLookupKB.fromDisk(join(path, "kb"));
      const refusal = { code: "L402", message: new RegExp(`swapped-${name}.*kb folder is not the one`) };
      await assert.rejects(readBundle(path), refusal);
      await assert.rejects(loadLinker(path, backend), refusal);
    }
  });

  it("takes the same one that was written again", async () => {
    const path = await swapped("same", () => undefined);
    assert.equal((await readBundle(path)).kb.hash, (await readBundle(model)).kb.hash);
  });
});

describe("writeBundle", () => {
  const write = (path: string): Promise<void> => writeBundle(bundle, path, { linkwrightVersion: "1" });
  const hidden = (): string[] => readdirSync(folder).filter((name) => name.includes(".tmp"));

  it("replaces a model, keeps its training folder, and leaves nothing else behind", async () => {
    const path = copy("replaced");
    mkdirSync(join(path, "training"));
    writeFileSync(join(path, "training", "metrics.jsonl"), "{}\n");
    alter(join(path, "weights.bin"), flipByte);
    await write(path);
    await readBundle(path);
    assert.equal(readFileSync(join(path, "training", "metrics.jsonl"), "utf8"), "{}\n");
    assert.deepEqual(hidden(), []);
  });

  it("fills an empty folder, and makes the folders above", async () => {
    mkdirSync(join(folder, "vacant"));
    await write(join(folder, "vacant"));
    await write(join(folder, "a", "b", "c"));
    await readBundle(join(folder, "a", "b", "c"));
  });

  it("refuses to replace what is no model: a file, a folder of something else, even one that trains", async () => {
    const home = join(folder, "home");
    mkdirSync(join(home, "training"), { recursive: true });
    writeFileSync(join(home, "thesis.txt"), "years");
    await assert.rejects(write(home), { code: "L405", message: /home/ });
    assert.equal(readFileSync(join(home, "thesis.txt"), "utf8"), "years");
    await assert.rejects(write(join(home, "thesis.txt")), { code: "L405" });
    rmSync(join(home, "training"), { recursive: true });
    await assert.rejects(write(home), { code: "L405" });
    assert.deepEqual(readdirSync(home), ["thesis.txt"]);
  });

  it("takes up a folder that holds the beginnings of a training and nothing else", async () => {
    const path = join(folder, "begun");
    mkdirSync(join(path, "training"), { recursive: true });
    await write(path);
    assert.ok(existsSync(join(path, "training")));
    await readBundle(path);
  });

  it("tells why it can't write, and leaves nothing", async () => {
    await assert.rejects(write(join(model, "weights.bin", "sub")), {
      code: "L406",
      message: /sub.*Nothing was replaced/,
    });
    assert.deepEqual(hidden(), []);
  });
});
