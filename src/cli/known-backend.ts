import { linkwrightError } from "../errors.js";
import { type BackendName, LINKING_BACKENDS } from "../tensor/backend.js";

/** What `--backend` names. @throws L301, L305 */
export function knownBackend(name: string): BackendName | "auto" {
  const expected = ["auto", ...LINKING_BACKENDS] as const;
  const found = expected.find((known) => known === name);
  if (found !== undefined) return found;
  throw name === "webgpu"
    ? linkwrightError("L305", { expected })
    : linkwrightError("L301", { name, expected });
}
