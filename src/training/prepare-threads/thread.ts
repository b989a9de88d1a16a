/** A thread that prepares documents. */
import { parentPort, workerData } from "node:worker_threads";
import { openShared } from "../../kb/shared-kb.js";
import { Vocabulary } from "../../model/vocabulary.js";
import { toPlainError } from "../../thread-error.js";
import { DocumentPreparer } from "../document-preparer.js";
import { featurizerOf } from "../training-basis.js";
import {
  type FoundRange,
  fromPlain,
  type ThreadAnswer,
  type ThreadData,
  type ThreadRequest,
  takeRanges,
} from "./thread-data.js";

const port = parentPort as NonNullable<typeof parentPort>;
const { config, kb: sharedKb, documents, queue } = workerData as ThreadData;
const kb = openShared(sharedKb);
const preparer = new DocumentPreparer(config, kb, fromPlain(documents));

function answerTo(request: ThreadRequest): ThreadAnswer {
  if (request.kind === "candidates") return { found: findCandidates() };
  makeFeatures(request);
  return { found: [] };
}

function findCandidates(): FoundRange[] {
  const ranges = takeRanges(queue, "candidates", preparer.ranges);
  return Array.from(ranges, ([index, range]) => [index, preparer.candidates(range)]);
}

function makeFeatures({ basis, numbers }: Extract<ThreadRequest, { kind: "features" }>): void {
  const vocabulary = Vocabulary.fromText(basis.vocabulary);
  const featurizer = featurizerOf({ ...basis, vocabulary }, kb, config);
  for (const [, range] of takeRanges(queue, "features", preparer.ranges)) {
    preparer.featurize(range, featurizer, numbers[range.part]);
  }
}

function attempt(request: ThreadRequest): ThreadAnswer {
  try {
    return answerTo(request);
  } catch (error) {
    return { error: toPlainError(error) };
  }
}

port.on("message", (request: ThreadRequest) => port.postMessage(attempt(request)));
