import { linkwrightError } from "../errors.js";
import { BACKEND_NAMES, type BackendName } from "../tensor/backend.js";

/** What `--backend` names. @throws L301 */
export function knownBackend(name: string): BackendName | "auto" {
  const names = ["auto", ...BACKEND_NAMES] as const;
  const found = names.find((known) => known === name);
  if (found === undefined) throw linkwrightError("L301", { name, expected: names });
  return found;
}
