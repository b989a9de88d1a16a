import { z } from "zod";
import { MATCH_KINDS, type MatchKind } from "../kb/candidate.js";
import { DETECTOR_NAMES, MENTION_DEFAULTS } from "../mentions/options.js";
import { FEATURE_GROUP_NAMES } from "../model/features/groups.js";
import { ARCHITECTURE_NAMES, MODEL_DEFAULTS } from "../model/options.js";
import { BACKEND_NAMES } from "../tensor/backend.js";
import { LARGEST_SET } from "./guarantee.js";
import { CANDIDATE_DEFAULTS, LINKER_DEFAULTS } from "./options.js";

const width = z.int().min(1).max(4096);
const share = z.number().min(0).max(0.95);
/** A registered function by its name, or by its name in a table with the arguments that it is made with. */
const registered = <Registry extends string>(registry: Registry) =>
  z.union([z.string().min(1), z.looseObject({ [`@${registry}`]: z.string().min(1) })]).optional();
const detours = MATCH_KINDS.filter((kind) => kind !== "exact") as Exclude<MatchKind, "exact">[];

/** What a config file may say; every key is optional but the paths. */
export const schema = z.strictObject({
  paths: z.strictObject({
    /** None where `functions.kb_loader` gives the knowledge base. */
    kb: z.string().min(1).optional(),
    train: z.string().min(1),
    dev: z.string().min(1),
  }),
  functions: z
    .strictObject({
      kb_loader: registered("misc"),
      get_candidates: registered("misc"),
      get_candidates_batch: registered("misc"),
      generate_empty_kb: registered("misc"),
      scorer: registered("scorers"),
    })
    .prefault({}),
  linker: z
    .strictObject({
      labels_discard: z.array(z.string()).default([...LINKER_DEFAULTS.labelsDiscard]),
      n_sents: z.int().min(0).max(1000).default(3),
      incl_prior: z.boolean().default(LINKER_DEFAULTS.inclPrior),
      incl_context: z.boolean().default(LINKER_DEFAULTS.inclContext),
      use_gold_ents: z.boolean().default(LINKER_DEFAULTS.useGoldEnts),
      overwrite: z.boolean().default(LINKER_DEFAULTS.overwrite),
      candidates_batch_size: z.int().min(1).default(LINKER_DEFAULTS.candidatesBatchSize),
      threshold: z.union([z.literal("auto"), z.number().min(0).max(1)]).default("auto"),
    })
    .prefault({}),
  decide: z
    .strictObject({
      precision: z.number().gt(0).lt(1).optional(),
      confidence: z.number().gt(0).lt(1).default(LINKER_DEFAULTS.confidence),
      set_size: z
        .union([z.literal(0), z.int().min(2).max(LARGEST_SET)])
        .default(LINKER_DEFAULTS.setSize as 0),
    })
    .prefault({}),
  candidates: z
    .strictObject({
      max_candidates: z.int().min(1).max(1000).default(CANDIDATE_DEFAULTS.maxCandidates),
      paths: z.array(z.enum(detours)).default([...CANDIDATE_DEFAULTS.paths]),
    })
    .prefault({}),
  mentions: z
    .strictObject({
      detector: z.enum(DETECTOR_NAMES).default(MENTION_DEFAULTS.detector),
      linkable_labels: z.array(z.string()).optional(),
      filter: z.boolean().default(true),
    })
    .prefault({}),
  model: z
    .strictObject({
      architecture: z.enum(ARCHITECTURE_NAMES).default(MODEL_DEFAULTS.architecture),
      context_width: width.default(MODEL_DEFAULTS.contextWidth),
      type_width: z.int().min(1).max(256).default(MODEL_DEFAULTS.typeWidth),
      entity_vector_length: width.default(MODEL_DEFAULTS.entityVectorLength),
      embedding_width: width.default(MODEL_DEFAULTS.embeddingWidth),
      hidden_width: width.default(MODEL_DEFAULTS.hiddenWidth),
      vocabulary_size: z.int().min(0).max(1_000_000).default(MODEL_DEFAULTS.vocabularySize),
      hash_buckets: z.int().min(1).max(1_000_000).default(MODEL_DEFAULTS.hashBuckets),
      context_tokens: z.int().min(1).max(512).default(MODEL_DEFAULTS.contextTokens),
      document_tokens: z.int().min(1).max(512).default(MODEL_DEFAULTS.documentTokens),
      description_tokens: z.int().min(1).max(254).default(MODEL_DEFAULTS.descriptionTokens),
      interactions: z.boolean().default(MODEL_DEFAULTS.interactions),
      skip: z.boolean().default(MODEL_DEFAULTS.skip),
      label_types: z.boolean().default(MODEL_DEFAULTS.labelTypes),
      nil_logit: z.boolean().default(MODEL_DEFAULTS.nilLogit),
      features: z.array(z.enum(FEATURE_GROUP_NAMES)).default([...MODEL_DEFAULTS.features]),
      relative_features: z.boolean().default(MODEL_DEFAULTS.relativeFeatures),
    })
    .prefault({}),
  training: z
    .strictObject({
      seed: z.int().default(1),
      init: z.string().min(1).default("random"),
      cache: z.string().min(1).optional(),
      workers: z.int().min(0).max(256).default(0),
      seeds: z.int().min(1).max(20).default(1),
      backend: z.enum(["auto", ...BACKEND_NAMES]).default("auto"),
      max_epochs: z.int().min(1).max(1000).default(4),
      patience: z.int().min(1).default(2),
      batch_size: z.int().min(1).max(65536).default(64),
      learning_rate: z.number().gt(0).max(1).default(2e-3),
      weight_decay: z.number().min(0).max(1).default(1e-3),
      clip_norm: z.number().gt(0).default(1),
      dropout: share.default(0.3),
      use_averages: z.boolean().default(false),
      word_dropout: share.default(0.2),
      leave_one_out: z.boolean().default(true),
      varied_priors: z.number().min(0).max(1).default(0),
    })
    .prefault({}),
});

/** A config with every key filled in; keys as in the file. */
export type Config = z.infer<typeof schema>;
