/** Precision asked for and got: thresholds from some documents, links of others. For docs/results.md. */
import { bindModel } from "../src/linker/bound-model.js";
import type { Bundle } from "../src/linker/bundle.js";
import { findCandidates } from "../src/linker/candidates.js";
import { candidateOptions, linkerOptions } from "../src/linker/config.js";
import { decide, linkAbove, prefersNil, probabilitiesOf } from "../src/linker/decide.js";
import { guarantee } from "../src/linker/guarantee.js";
import { scoreMentions } from "../src/linker/predict.js";
import type { Backend } from "../src/tensor/backend.js";
import type { Doc } from "../src/text/doc.js";
import { calibrate, evidenceOf, type Judged } from "../src/training/calibrate.js";
import { goldPlaces, NOT_ANNOTATED } from "../src/training/targets.js";

/** Judged mentions with the document of each. */
export interface JudgedCorpus extends Judged {
  readonly documents: Int32Array;
}

export interface PrecisionGot {
  readonly asked: number;
  /** Of annotated mentions with candidates. */
  readonly mentions: number;
  readonly linked: number;
  readonly right: number;
}

const ASKED = [0.9, 0.95, 0.98];
const FOLDS = 5;
const CONFIDENCE = 0.9;

/** Calibration and threshold from all folds of dev's documents but one, links of that one; all folds added up. */
export function crossValidated(dev: JudgedCorpus): PrecisionGot[] {
  const documents = [...new Set(dev.documents)];
  const foldOf = new Map(documents.map((document, i) => [document, i % FOLDS]));
  const folds = Array.from({ length: FOLDS }, (_, fold) => {
    const isHeldOut = (i: number): boolean => foldOf.get(dev.documents[i] as number) === fold;
    return transferred(
      subset(dev, (i) => !isHeldOut(i)),
      subset(dev, isHeldOut),
    );
  });
  return ASKED.map((asked, a) => {
    const own = folds.map((got) => got[a] as PrecisionGot);
    const sum = (key: "mentions" | "linked" | "right"): number => own.reduce((all, got) => all + got[key], 0);
    return { asked, mentions: sum("mentions"), linked: sum("linked"), right: sum("right") };
  });
}

/** Calibration and threshold from one corpus, links of another. */
export function transferred(from: JudgedCorpus, to: JudgedCorpus): PrecisionGot[] {
  const calibration = calibrate(from);
  const evidence = evidenceOf(from, from.documents, calibration);
  return ASKED.map((precision) => {
    const { link } = guarantee(evidence, { precision, confidence: CONFIDENCE, setSize: 0 });
    let mentions = 0;
    let linked = 0;
    let right = 0;
    to.logits.forEach((row, i) => {
      if (!row || to.gold[i] === NOT_ANNOTATED) return;
      mentions++;
      const { choice } = decide(probabilitiesOf(row, calibration), linkAbove(link), prefersNil(row));
      if (choice < 0) return;
      linked++;
      if (choice === to.gold[i]) right++;
    });
    return { asked: precision, mentions, linked, right };
  });
}

/** What a model says of annotated documents. */
export function judgeDocs(
  { config, learned, kb }: Bundle,
  docs: readonly Doc[],
  backend: Backend,
): JudgedCorpus {
  const options = candidateOptions(config);
  const found = docs.map((doc) => ({ doc, mentions: findCandidates(doc, kb, options) }));
  const { featurizer, model } = bindModel(learned, kb, linkerOptions(config), backend);
  const table = featurizer.featurize(found, { scaling: learned.scaling });
  const { logits } = scoreMentions(model, table);
  return { logits, gold: goldPlaces(found, kb, options), documents: table.documents };
}

function subset({ logits, gold, documents }: JudgedCorpus, isIn: (i: number) => boolean): JudgedCorpus {
  const chosen = Array.from(gold.keys()).filter(isIn);
  return {
    logits: chosen.map((i) => logits[i]),
    gold: Int32Array.from(chosen, (i) => gold[i] as number),
    documents: Int32Array.from(chosen, (i) => documents[i] as number),
  };
}
