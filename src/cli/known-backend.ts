import { linkwrightError } from "../errors.js";
import { type BackendName, LINKING_BACKENDS } from "../tensor/backend.js";

/** What `--backend` names. @throws L301, L305 */
export function knownBackend(name: string): BackendName | "auto" {
  const names = ["auto", ...LINKING_BACKENDS] as const;
  if (name === "webgpu") throw linkwrightError("L305", undefined);
  const found = names.find((known) => known === name);
  if (found === undefined) throw linkwrightError("L301", { name, expected: names });
  return found;
}
