import { createRequire } from "node:module";
import { linkwrightError } from "../errors.js";

/** Packages that a scorer needs and that linkwright does not bring. */
export interface PeerPackages {
  /** Who needs them, for the message. */
  readonly scorer: string;
  readonly packages: readonly string[];
  /** How they are installed. */
  readonly howToGet: string;
}

/** Makes sure that packages are installed. @throws L821 one is not */
export function requirePeers({ scorer, packages, howToGet }: PeerPackages): void {
  const { resolve } = createRequire(import.meta.url);
  const missing = packages.filter((name) => !isThere(() => resolve(name)));
  if (missing.length > 0) throw linkwrightError("L821", { scorer, packages: missing.join(", "), howToGet });
}

function isThere(find: () => unknown): boolean {
  try {
    find();
    return true;
  } catch {
    return false;
  }
}
