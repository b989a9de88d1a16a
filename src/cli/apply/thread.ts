/** A thread that links the batches it gets, one after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { LinkwrightError } from "../../errors.js";
import type { DocumentLinker } from "../../linker/linker.js";
import { documentLinkerFrom } from "../../plugins/load-linker.js";
import { openSharedBundle } from "../../server/shared-model.js";
import { loadBackend } from "../../tensor/backend.js";
import { runCode } from "../code-option.js";
import { promiseOf } from "../open-linker.js";
import type { Batch } from "./batches.js";
import { linkBatch } from "./link-batch.js";
import type { ThreadData, ThreadMessage } from "./thread-data.js";

const port = parentPort as NonNullable<typeof parentPort>;
const data = workerData as ThreadData;
let linker: DocumentLinker;

const say = (message: ThreadMessage): void => port.postMessage(message);

async function open(): Promise<ThreadMessage> {
  await runCode(data);
  const backend = await loadBackend(data.backend);
  const bundle = await openSharedBundle(data.model);
  ({ linker } = await documentLinkerFrom(bundle, backend, { changes: data.changes }));
  return { type: "ready", linker: { backend: backend.name, promise: promiseOf(linker) } };
}

async function link(batch: Batch): Promise<ThreadMessage> {
  return { type: "linked", lines: await linkBatch(linker, batch, data.options) };
}

function failed(error: unknown): ThreadMessage {
  const { message } = error as Error;
  return { type: "failed", message, code: error instanceof LinkwrightError ? error.code : undefined };
}

port.on("message", (batch: Batch) => void link(batch).catch(failed).then(say));
say(await open().catch(failed));
