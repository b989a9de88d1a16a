import type { InMemoryLookupKB } from "../../kb/in-memory-lookup-kb.js";
import type { DocumentView } from "../document-view.js";
import type { Lexicon } from "../lexicon.js";
import type { Mention } from "../mention.js";
import type { Coherence } from "./coherence-index.js";
import type { DocumentEntities } from "./document-entities.js";
import type { Evidence } from "./evidence.js";
import type { MemoryEvidence } from "./memory-evidence.js";

/** Everything that a feature of a mention's candidates may look at. */
export interface MentionView {
  readonly kb: InMemoryLookupKB;
  readonly lexicon: Lexicon;
  readonly document: DocumentView;
  /** All mentions of the document, in the order of the text. */
  readonly mentions: readonly Mention[];
  /** The place of this mention among them. */
  readonly index: number;
  readonly mention: Mention;
  /** Which terms stand where around the mention. */
  readonly evidence: Evidence;
  /** What of the candidates stands in the document. */
  readonly documentEntities: DocumentEntities;
  /** What the other mentions' candidates have in common. */
  readonly coherence: Coherence;
  /** What training mentions say, when the model remembers them. */
  readonly memory: MemoryEvidence | undefined;
}

/** Where the features of a mention's candidates go: row-major, one row a candidate. */
export interface FeatureRows {
  readonly values: Float32Array;
  /** Features a row. */
  readonly width: number;
  /** Column of the group's first feature. */
  readonly offset: number;
}

export interface Feature {
  readonly name: string;
  /** The feature in one line; c is the candidate, m the mention. */
  readonly formula: string;
}

/** Features that are switched on and off together. */
export interface FeatureGroup {
  readonly features: readonly Feature[];
  /** What the group draws on: `incl_prior` and `incl_context` switch these. */
  readonly source: "prior" | "strings" | "context";
  /** The same for all candidates, so that there is no best among them to compare with. @default false */
  readonly perMention?: boolean;
  /** Writes the group's features of every candidate of the mention. */
  readonly fill: (view: MentionView, rows: FeatureRows) => void;
}
