import { RemoteKB, type RemoteKBOptions } from "../client/remote-kb.js";
import { linkwrightError } from "../errors.js";
import type { Candidate } from "../kb/candidate.js";
import { InMemoryLookupKB } from "../kb/in-memory-lookup-kb.js";
import { openKb } from "../kb/open-kb.js";
import { openDescribedKb } from "../linker/described-kb.js";
import type { ModelOptions } from "../model/options.js";
import { type Scorer, scoreLinks } from "../scoring/scorer.js";
import type { MentionQuery } from "./functions.js";

/** As in spaCy, what is registered makes the function that a setting names; it is called without arguments then. */
export type Factory = (args: never) => unknown;
type Factories = Readonly<Record<string, Factory>>;

/** Functions by name. A name that is registered again means the new one from then on. */
export class Registry<Known extends Factories> {
  private readonly factories: Map<string, Factory>;

  constructor(
    readonly name: string,
    known: Known,
  ) {
    this.factories = new Map(Object.entries(known));
  }

  /**
   * registry.misc.register("my_candidates.v1", () => (kb, { text }) => kb.getAliasCandidates(text.trim()));
   * new EntityLinker({ getCandidates: "my_candidates.v1" });
   */
  register<F extends Factory>(name: string, factory: F): F {
    this.factories.set(name, factory);
    return factory;
  }

  /** @throws E893 */
  get<Name extends string>(name: Name): Name extends keyof Known ? Known[Name] : Factory {
    const factory = this.factories.get(name);
    if (!factory) throw linkwrightError("E893", { name, registry: this.name, known: this.names() });
    return factory as Name extends keyof Known ? Known[Name] : Factory;
  }

  names(): string[] {
    return [...this.factories.keys()].sort();
  }
}

/** spaCy's look-up: the alias as written, or nothing. */
const exactCandidates = (kb: InMemoryLookupKB, { text }: MentionQuery): Candidate[] =>
  kb.getAliasCandidates(text);

/** Functions that settings can name. The built-in ones have the names of spaCy's that do the same. */
export const registry = {
  misc: new Registry("misc", {
    "spacy.CandidateGenerator.v1": () => exactCandidates,
    "spacy.CandidateBatchGenerator.v1": () => (kb: InMemoryLookupKB, mentions: readonly MentionQuery[]) =>
      mentions.map((mention) => exactCandidates(kb, mention)),
    "spacy.EmptyKB.v2": () => (entityVectorLength: number) => new InMemoryLookupKB({ entityVectorLength }),
    /** A folder of `create-index` or `toDisk`, or one of entities.jsonl and aliases.jsonl. */
    "spacy.KBFromFile.v1":
      ({ kbPath }: { readonly kbPath: string }) =>
      () =>
        openKb(kbPath),
    /** The same, each entity with the vector that the model that ships makes of its name and description. */
    "linkwright.DescribedKB.v1":
      ({ kbPath }: { readonly kbPath: string }) =>
      () =>
        openDescribedKb(kbPath),
    /** The knowledge base of a server. */
    "linkwright.RemoteKB.v1": (options: RemoteKBOptions) => () => new RemoteKB(options),
  }),
  scorers: new Registry("scorers", {
    "spacy.entity_linker_scorer.v1": (): Scorer => scoreLinks,
  }),
  architectures: new Registry("architectures", {
    /** spaCy's score and loss; there is no tok2vec to choose. */
    "spacy.EntityLinker.v2": (): Partial<ModelOptions> => ({ architecture: "cosine" }),
    /** The default. */
    "linkwright.EntityLinker.v1": (): Partial<ModelOptions> => ({ architecture: "classifier" }),
  }),
} as const;
