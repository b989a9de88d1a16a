/** `node make-documents.js KB FOLDER MENTIONS SEED`: writes train.jsonl of so many mentions, and dev.jsonl. */
import { join } from "node:path";
import { InMemoryLookupKB } from "../../src/kb/in-memory-lookup-kb.js";
import { writeLines } from "../made-up/write-lines.js";
import { syntheticDocuments } from "./synthetic-documents.js";

/** Mentions of train to one of dev, and the most of dev. */
const TO_DEV = 20;
const MOST_OF_DEV = 5000;

const [folder = "", target = "", count = "", seed = ""] = process.argv.slice(2);
const kb = await InMemoryLookupKB.fromDisk(folder);
const train = Number(count);
const dev = Math.min(MOST_OF_DEV, Math.ceil(train / TO_DEV));
for (const [part, mentions] of Object.entries({ train, dev })) {
  await writeLines(join(target, `${part}.jsonl`), lines(part, mentions));
}

function* lines(part: string, mentions: number): Generator<string> {
  for (const document of syntheticDocuments(kb, { part, mentions, seed: Number(seed) })) {
    yield JSON.stringify(document);
  }
}
