/** `node make-model.js KB MODEL`: the model that ships, with a knowledge base and the vectors that it makes of it. */
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { bundleFor, readBaseModel } from "../../src/linker/base-model.js";
import { bindModel } from "../../src/linker/bound-model.js";
import { writeBundle } from "../../src/linker/bundle.js";
import { linkerOptions } from "../../src/linker/config.js";
import { loadBackend } from "../../src/tensor/backend.js";
import { VERSION } from "../../src/version.js";

const [source, target] = process.argv.slice(2) as [string, string];
const kb = await InMemoryLookupKB.fromDisk(source);
const bundle = bundleFor(kb, await readBaseModel());
bindModel(bundle.learned, kb, linkerOptions(bundle.config), await loadBackend("auto"));
await writeBundle(bundle, target, { linkwrightVersion: VERSION });
