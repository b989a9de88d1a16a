import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { VERSION } from "../../version.js";
import type { LinkArguments } from "../link-options.js";
import { changesOf } from "../link-options.js";
import type { Identity } from "./journal.js";

/** Raised when other documents are linked together, or the journal says something else. */
const JOURNAL_VERSION = 2;
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

/** As much of a hash as messages show. */
export function shortHash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex").slice(0, SHOWN);
}
