import type { ConfigProblem } from "./config-problem.js";
import type { Config } from "./config-schema.js";

/** Parts of the classifier, which the cosine architecture has not. */
const NO_CLASSIFIER = {
  interactions: false,
  skip: false,
  label_types: false,
  nil_logit: false,
  features: [],
  relative_features: false,
} as const satisfies Partial<Config["model"]>;

/** A config before defaults are filled in: with the cosine architecture the classifier's parts are off. */
export function withoutClassifier(raw: unknown): unknown {
  const { model } = Object(raw) as { readonly model?: { readonly architecture?: unknown } };
  if (model?.architecture !== "cosine") return raw;
  return { ...Object(raw), model: { ...NO_CLASSIFIER, ...model } };
}

/** What in a config the cosine architecture excludes. */
export function contradictionWithCosine({ decide, model, training }: Config): ConfigProblem | undefined {
  const excludes = 'excludes model.architecture "cosine"';
  if (decide.precision !== undefined) {
    return { key: "decide.precision", problem: `${excludes}, whose scores are no probabilities.` };
  }
  if (training.init !== "random") {
    return { key: "training.init", problem: `other than "random" ${excludes}.` };
  }
  if (training.backend === "webgpu") {
    return { key: "training.backend", problem: `"webgpu" ${excludes}: a GPU trains the classifier.` };
  }
  const keys = Object.keys(NO_CLASSIFIER) as (keyof typeof NO_CLASSIFIER)[];
  const key = keys.find((name) => String(model[name]) !== String(NO_CLASSIFIER[name]));
  return key && { key: `model.${key}`, problem: `${excludes}, which has no classifier: leave it out.` };
}
