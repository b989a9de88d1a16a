import { createRequire } from "node:module";

/** Why a test that needs an optional package is skipped, or false where the package is there. */
export function withoutPackage(name: string): string | false {
  try {
    createRequire(import.meta.url).resolve(name);
    return false;
  } catch {
    return `${name} is not installed`;
  }
}
