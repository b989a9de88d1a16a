import type { Doc } from "../text/doc.js";
import type { TextLink } from "./text-link.js";

/** Finds the links of some documents' mentions, in their order; the documents stay as they are. */
export type Disambiguator = (docs: readonly Doc[], signal?: AbortSignal) => Promise<TextLink[][]>;
