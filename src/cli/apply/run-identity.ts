import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Bundle } from "../../linker/bundle.js";
import { modelToFiles } from "../../linker/model-files.js";
import { VERSION } from "../../version.js";
import type { LinkArguments } from "../link-options.js";
import { changesOf } from "../link-options.js";
import type { Identity } from "./journal.js";

/** Raised when other documents are linked together, or the journal says something else. */
const JOURNAL_VERSION = 1;
/** Characters of a hash that are kept: messages show them. */
const SHOWN = 16;

export interface RunArguments extends LinkArguments {
  readonly candidates: boolean;
  readonly detect: boolean;
}

/** What the lines of a run depend on besides its documents. */
export async function identityOf(
  { code, candidates, detect, model: _model, backend: _backend, ...decide }: RunArguments,
  about: { readonly backend: string; readonly model: string },
): Promise<Identity> {
  return {
    journal: JOURNAL_VERSION,
    linkwright: VERSION,
    ...about,
    code: code === undefined ? "none" : shortHash(await readFile(code)),
    candidates,
    detect,
    decide: JSON.stringify(changesOf(decide)),
  };
}

/** One hash for all that a model and its knowledge base hold. */
export async function hashOfModel(bundle: Bundle): Promise<string> {
  const { kb } = bundle;
  if (kb.hash === undefined) await kb.toBytes(); // of a knowledge base that was never written
  const files = modelToFiles(bundle, { format: "float32", linkwrightVersion: "", kbHash: kb.hash ?? "" });
  return shortHash(Buffer.concat([...files.values()]));
}

function shortHash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, SHOWN);
}
