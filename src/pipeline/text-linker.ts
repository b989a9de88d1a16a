import { linkwrightError } from "../errors.js";
import { parseDoc } from "../formats/doc-json.js";
import { checkOptions } from "../known-options.js";
import type { MentionDetector } from "../mentions/mention-detector.js";
import { checkNumbers } from "../number-options.js";
import { inBatches } from "../text/batches.js";
import type { Doc } from "../text/doc.js";
import { shownJson } from "../text/shown-json.js";
import type { Disambiguator } from "./disambiguator.js";
import { detectLinkable, linkable, mentionOf } from "./linkable-labels.js";
import { linksOfText, type TextLinks } from "./text-link.js";

/** A mention that the caller knows of: `text.slice(start, end)`, offsets in UTF-16 code units. */
export interface GivenSpan {
  readonly start: number;
  readonly end: number;
  /** @default "" */
  readonly label?: string | undefined;
}

export interface LinkTextOptions {
  /** The mentions; without them the detector looks for some. */
  readonly spans?: readonly GivenSpan[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A text, or one whose mentions are known. */
export type TextInput = string | { readonly text: string; readonly spans?: readonly GivenSpan[] | undefined };

export interface LinkAllOptions {
  /** Texts that are linked together: candidates of all their mentions are asked for at once. @default 32 */
  readonly batchSize?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

const TEXTS_AT_ONCE = 32;

/** What a text linker is made of: one part a stage. */
export interface TextLinkerParts {
  readonly detector: MentionDetector;
  /** Labels of mentions that are linked, null for all. */
  readonly linkableLabels: readonly string[] | null;
  readonly disambiguate: Disambiguator;
}

/** Links raw texts: finds mentions, asks for their candidates, chooses. Made by `createLinker`. */
export class TextLinker {
  constructor(private readonly parts: TextLinkerParts) {}

  /**
   * The links of a text.
   * @throws L102 to L105 no text, or spans that are none, given or the detector's; L823 no spans and nothing to find them with, L824 and L825 candidates or
   * scores that are none, and what the detector, the source and the scorer throw
   */
  async link(text: string, options: LinkTextOptions = {}): Promise<TextLinks> {
    checkOptions("link()", options, ["spans", "signal"]);
    const { spans, signal } = options;
    const [links] = await this.linkBatch([spans ? { text, spans } : text], signal);
    return links as TextLinks;
  }

  /**
   * The links of each text, in their order; some texts at a time, with as few requests for candidates as that allows.
   * @throws L510 a batch size that is none, and what {@link link} throws
   */
  async *linkAll(
    texts: Iterable<TextInput> | AsyncIterable<TextInput>,
    options: LinkAllOptions = {},
  ): AsyncGenerator<TextLinks> {
    checkOptions("linkAll()", options, ["batchSize", "signal"]);
    checkTexts(texts);
    checkNumbers("linkAll()", { ...options }, { batchSize: { least: 1, isWhole: true } });
    const { batchSize = TEXTS_AT_ONCE, signal } = options;
    for await (const batch of inBatches(texts, { batchSize })) yield* await this.linkBatch(batch, signal);
  }

  private async linkBatch(
    texts: readonly TextInput[],
    signal: AbortSignal | undefined,
  ): Promise<TextLinks[]> {
    signal?.throwIfAborted();
    const docs: Doc[] = [];
    for (const text of texts) docs.push(await this.withMentions(text));
    const links = await this.parts.disambiguate(docs, signal);
    return docs.map((doc, d) => linksOfText(doc.text, links[d] ?? []));
  }

  private async withMentions(input: TextInput): Promise<Doc> {
    const { text, spans } = isObject(input) ? input : { text: input, spans: undefined };
    const { detector, linkableLabels } = this.parts;
    const doc = parseDoc({ text, ents: spans }, GIVEN);
    if (!spans) return doc.withEnts(await detectLinkable(doc, detector, linkableLabels));
    return doc.withEnts(linkable(doc.ents.map(mentionOf), linkableLabels));
  }
}

function isObject(input: unknown): input is Exclude<TextInput, string> {
  return typeof input === "object" && input !== null;
}

/** @throws L102 one text in place of several would be taken apart into its characters */
function checkTexts(texts: unknown): void {
  const isMany = isObject(texts) && (Symbol.iterator in texts || Symbol.asyncIterator in texts);
  if (isMany) return;
  const expected = "a list of texts, or a stream of them";
  throw linkwrightError("L102", { where: "linkAll()", key: "texts", expected, found: shownJson(texts) });
}

/** What messages call the texts. */
const GIVEN = { file: "the text" };
