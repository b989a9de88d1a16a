/** A thread that opens a model, and links the batches it gets, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { LinkwrightError } from "../../errors.js";
import type { DocumentLinker } from "../../linker/linker.js";
import { documentLinkerFrom } from "../../plugins/load-linker.js";
import { openSharedBundle, type SharedModel } from "../../server/shared-model.js";
import { type Backend, loadBackend } from "../../tensor/backend.js";
import { runCode } from "../code-option.js";
import { promiseOf } from "../open-linker.js";
import { linkBatch } from "./link-batch.js";
import type { ThreadAnswer, ThreadData, ThreadRequest } from "./thread-data.js";

const port = parentPort as NonNullable<typeof parentPort>;
const data = workerData as ThreadData;
const prepared = prepare(); // while the model is read
prepared.catch(() => {}); // told when the model is to be opened
let linker: DocumentLinker;

async function prepare(): Promise<Backend> {
  await runCode(data);
  return loadBackend(data.backend);
}

async function open(model: SharedModel): Promise<ThreadAnswer> {
  const backend = await prepared;
  const bundle = await openSharedBundle(model);
  ({ linker } = await documentLinkerFrom(bundle, backend, { changes: data.changes }));
  return { linker: { backend: backend.name, promise: promiseOf(linker) } };
}

async function answerTo(request: ThreadRequest): Promise<ThreadAnswer> {
  if ("model" in request) return open(request.model);
  return { lines: await linkBatch(linker, request.batch, data.options) };
}

function failed(error: unknown): ThreadAnswer {
  const { message } = error as Error;
  return { message, code: error instanceof LinkwrightError ? error.code : undefined };
}

port.on("message", async (request: ThreadRequest) => {
  port.postMessage(await answerTo(request).catch(failed));
});
