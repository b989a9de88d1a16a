import type { Doc } from "../text/doc.js";
import { type ReadDocsOptions, readDocs } from "./doc-jsonl.js";
import { readDocBin } from "./docbin.js";
import type { DocumentFormat } from "./format-names.js";
import { readProdigy } from "./prodigy.js";
import { readSpacyJson } from "./spacy-json.js";
import { readSpacyTrain } from "./spacy-train.js";

export interface ReadAnyOptions extends Pick<ReadDocsOptions, "stdin"> {
  /** Told of each thing of the file that is left out, in one or two words. */
  readonly onSkip?: (what: string) => void;
}

/**
 * The documents of a file of any format, read as they are asked for where the format allows it (all but DocBin and JSON
 * over several lines).
 *
 * @param path a file, or `"-"` for stdin
 * @throws what the format's own reader throws
 */
export function readAnyDocs(
  path: string,
  format: DocumentFormat,
  options: ReadAnyOptions = {},
): AsyncGenerator<Doc> {
  const { onSkip = () => {}, ...rest } = options;
  switch (format) {
    case "docs":
      return readDocs(path, rest);
    case "docbin":
      return readDocBin(path, rest);
    case "spacy-json":
      return readSpacyJson(path, rest);
    case "spacy-train":
      return readSpacyTrain(path, { ...rest, onUnusedLink: () => onSkip("links without an entity") });
    case "prodigy":
      return readProdigy(path, { ...rest, onSkip: (answer) => onSkip(`lines of answer "${answer}"`) });
  }
}
