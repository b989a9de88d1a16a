/** A thread that opens a model, and links the batches it gets, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { DocumentLinker } from "../../linker/linker.js";
import { documentLinkerFrom } from "../../plugins/load-linker.js";
import { openSharedBundle, type SharedModel } from "../../server/shared-model.js";
import { type Backend, loadBackend } from "../../tensor/backend.js";
import { toPlainError } from "../../thread-error.js";
import { runCode } from "../code-option.js";
import type { Batch } from "./batches.js";
import { linkBatch } from "./link-batch.js";
import type { ThreadAnswer, ThreadData, ThreadRequest } from "./thread-data.js";

const port = parentPort as NonNullable<typeof parentPort>;
const data = workerData as ThreadData;
const prepared = prepare(); // while the model is read
prepared.catch(() => {}); // told when the model is opened
let linker: Promise<DocumentLinker>;
let answered: Promise<void> = Promise.resolve();

async function prepare(): Promise<Backend> {
  await runCode(data);
  return loadBackend(data.backend);
}

async function open(model: SharedModel): Promise<DocumentLinker> {
  const backend = await prepared;
  const bundle = await openSharedBundle(model);
  return (await documentLinkerFrom(bundle, backend, { changes: data.changes })).linker;
}

async function answerTo(batch: Batch): Promise<ThreadAnswer> {
  try {
    return { lines: await linkBatch(await linker, batch, data.options) };
  } catch (error) {
    return { error: toPlainError(error) };
  }
}

port.on("message", (request: ThreadRequest) => {
  if ("model" in request) {
    linker = open(request.model);
    linker.catch(() => {}); // told with the first batch
  } else {
    answered = answered.then(async () => port.postMessage(await answerTo(request.batch)));
  }
});
