import { linkwrightError } from "../errors.js";
import type { KnowledgeBase } from "../kb/knowledge-base.js";
import {
  annotate,
  type DocumentLinker,
  Linker,
  type LinkerParts,
  linkStream,
  type PipeOptions,
} from "../linker/linker.js";
import type { LinkerOptions } from "../linker/options.js";
import type { Link } from "../linker/predict.js";
import type { ChosenThresholds } from "../linker/thresholds.js";
import type { MentionOptions } from "../mentions/options.js";
import type { Doc, Span } from "../text/doc.js";
import type { CandidateService } from "./candidate-service.js";

/** A linker that asks for its candidates: a knowledge base of your own, or functions before one in memory. */
export class AskingLinker implements DocumentLinker {
  private linker: Linker;

  /** @param parts with the knowledge base that the model was trained on: how rare words are is counted there */
  constructor(
    private readonly parts: LinkerParts,
    private readonly service: CandidateService,
  ) {
    this.linker = new Linker(parts);
  }

  get kb(): KnowledgeBase {
    return this.service.kb;
  }
  get options(): LinkerOptions {
    return this.linker.options;
  }
  get mentions(): MentionOptions {
    return this.linker.mentions;
  }
  get thresholds(): ChosenThresholds {
    return this.linker.thresholds;
  }

  /** The links of each document's mentions; the documents stay as they are. @throws L516, L517, E147 */
  async predict(docs: readonly Doc[], signal?: AbortSignal): Promise<Link[][]> {
    const { kb, find } = await this.service.find(docs, { signal });
    if (kb !== this.linker.kb) this.linker = new Linker({ ...this.parts, kb, reference: this.parts.kb });
    return this.linker.linkMentions(docs.map((doc) => ({ doc, mentions: find(doc, kb) })));
  }

  async *pipe(docs: AsyncIterable<Doc> | Iterable<Doc>, options: PipeOptions = {}): AsyncGenerator<Doc> {
    yield* linkStream(docs, options, async (batch) => {
      annotate(batch, await this.predict(batch, options.signal), this.options);
    });
  }

  /** @throws L518 a knowledge base of your own has no list of names, and the detector is the gazetteer */
  detect(doc: Doc): Span[] {
    if (!this.service.isInMemory && this.mentions.detector === "gazetteer")
      throw linkwrightError("L518", { kb: this.kb.constructor.name });
    return this.linker.detect(doc);
  }
}
