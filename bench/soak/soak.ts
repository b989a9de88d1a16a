/**
 * `node soak.js MODEL DOCUMENTS COUNT LEAK`: sends so many documents through `pipe`, keeps so many bytes of each on purpose,
 * and prints a line of JSON.
 */
import { readDocs } from "../../src/formats/doc-jsonl.js";
import { loadLinker } from "../../src/plugins/load-linker.js";
import { loadBackend } from "../../src/tensor/backend.js";
import { Doc } from "../../src/text/doc.js";

/** The process after so many documents. */
export interface Sample {
  readonly documents: number;
  readonly seconds: number;
  /** Resident, after a collection. */
  readonly residentMb: number;
  readonly heapMb: number;
  /** Outside V8's heap, of which V8 knows: buffers, wasm. */
  readonly externalMb: number;
  readonly tensors: number;
}

const SAMPLES = 40;
/** Texts of a thousand new words. */
const WARM_UP = 200;
const [model = "", file = "", count = "", leak = ""] = process.argv.slice(2);
const most = Number(count);
const leaked: Uint8Array[] = [];
const backend = await loadBackend("wasm");
const linker = await loadLinker(model, backend);
const given: Doc[] = [];
for await (const doc of readDocs(file)) given.push(doc);

for await (const _ of linker.pipe(newWords()));
const samples: Sample[] = [];
let documents = 0;
for await (const _ of linker.pipe(endless())) {
  documents++;
  if (leak !== "0") leaked.push(new Uint8Array(Number(leak)).fill(1));
  if (documents % Math.ceil(most / SAMPLES) === 0 || documents === most) samples.push(sample());
}
process.stdout.write(`${JSON.stringify({ samples })}\n`);

/** Fills what remembers words, and fills it anew: so much memory is taken for good. */
function* newWords(): Generator<Doc> {
  for (let text = 0; text < WARM_UP; text++) {
    yield new Doc(Array.from({ length: 1000 }, (_, i) => `w${(text * 1000 + i).toString(36)}`).join(" "));
  }
}

/** Texts that differ from each other: what remembers words meets new ones all the time. */
function* endless(): Generator<Doc> {
  for (let i = 0; i < most; i++) {
    const { text, ents } = given[i % given.length] as Doc;
    yield new Doc(`${text} ${i.toString(36)}x`, {
      ents: ents.map(({ start, end, label }) => ({ start, end, label })),
    });
  }
}

function sample(): Sample {
  globalThis.gc?.();
  const { rss, heapUsed, external } = process.memoryUsage();
  return {
    documents,
    seconds: performance.now() / 1000,
    residentMb: rss / 2 ** 20,
    heapMb: heapUsed / 2 ** 20,
    externalMb: external / 2 ** 20,
    tensors: backend.tf.memory().numTensors,
  };
}
