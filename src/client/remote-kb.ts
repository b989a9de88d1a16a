import { linkwrightError } from "../errors.js";
import { Candidate, type EntityTexts, type MatchKind } from "../kb/candidate.js";
import { KnowledgeBase } from "../kb/knowledge-base.js";
import { checkOptions } from "../known-options.js";
import { Connection } from "./connection.js";
import { REMOTE_OPTION_NAMES, type RemoteOptions } from "./options.js";
import { remoteError } from "./remote-error.js";

export interface RemoteKBOptions extends RemoteOptions {
  /** Mentions or ids of one request. @default 500 */
  readonly batchSize?: number | undefined;
  /** Length of the vectors that a model gives the entities here. @default 64 */
  readonly entityVectorLength?: number | undefined;
}

/** A candidate as `/v1/candidates` writes it. */
export interface CandidateJson extends EntityTexts {
  readonly id: string;
  readonly alias: string;
  readonly prior: number;
  readonly freq: number;
  readonly match: MatchKind;
  readonly similarity: number;
}

/** The knowledge base of a linkwright server: its names, texts and priors, without its model. */
export class RemoteKB extends KnowledgeBase {
  readonly entityVectorLength: number;
  private readonly connection: Connection;
  private readonly batchSize: number;
  /** Ids that are asked about together, once those who ask at the same time have done so. */
  private asked: { readonly ids: string[]; readonly answers: Promise<unknown[]> } | undefined;

  /** @throws L001, L705 */
  constructor({ batchSize = 500, entityVectorLength = 64, ...options }: RemoteKBOptions) {
    super();
    checkOptions("new RemoteKB", options, [...REMOTE_OPTION_NAMES, "batchSize", "entityVectorLength"]);
    this.connection = new Connection(options);
    this.batchSize = batchSize;
    this.entityVectorLength = entityVectorLength;
  }

  /** @throws RemoteError */
  override async getCandidates(mention: string): Promise<readonly Candidate[]> {
    const [candidates = []] = await this.getCandidatesBatch([mention]);
    return candidates;
  }

  /** @throws RemoteError */
  override async getCandidatesBatch(mentions: readonly string[]): Promise<readonly (readonly Candidate[])[]> {
    const lists = await this.ask("/v1/candidates", "mentions", mentions);
    return (lists as CandidateJson[][]).map((candidates) => candidates.map(candidateOf));
  }

  /** @throws RemoteError */
  override async containsEntity(id: string): Promise<boolean> {
    this.asked ??= this.askTogether();
    const { ids, answers } = this.asked;
    const at = ids.push(id) - 1;
    return (await answers)[at] !== null;
  }

  /** Vectors belong to the server's model and stay there. @throws E1045 */
  override getVector(_entity: string): never {
    throw linkwrightError("E1045", { parent: "KnowledgeBase", method: "getVector", name: "RemoteKB" });
  }

  private askTogether(): { readonly ids: string[]; readonly answers: Promise<unknown[]> } {
    const ids: string[] = [];
    const answers = Promise.resolve().then(() => {
      this.asked = undefined;
      return this.ask("/v1/entities", "ids", ids);
    });
    return { ids, answers };
  }

  /** One answer for each text, asked some at a time. */
  private async ask(path: string, key: string, texts: readonly string[]): Promise<unknown[]> {
    const all: unknown[] = [];
    for (let from = 0; from < texts.length; from += this.batchSize) {
      const some = texts.slice(from, from + this.batchSize);
      const answer = (await this.connection.post(path, { [key]: some })) as { answers?: unknown } | null;
      const answers = answer?.answers;
      if (!Array.isArray(answers) || answers.length !== some.length) {
        const url = this.connection.urlOf(path);
        const expected = `${some.length} answers`;
        throw remoteError("L703", { url, found: "something else", expected });
      }
      all.push(...answers);
    }
    return all;
  }
}

function candidateOf({ id, alias, prior, freq, ...rest }: CandidateJson): Candidate {
  return Candidate.of({ entity_: id, alias_: alias, priorProb: prior, entityFreq: freq, ...rest });
}
