/** A worker thread: links what it is asked to, some jobs after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { loadCode } from "../plugins/load-code.js";
import { loadBackend } from "../tensor/backend.js";
import { toPlainError } from "../thread-error.js";
import { doJobs } from "./jobs/jobs.js";
import { openSharedModel } from "./shared-model.js";
import type { Message, Reply, Request, WorkerData } from "./worker-data.js";

const port = parentPort as NonNullable<typeof parentPort>;
const { model, backend, changes, code } = workerData as WorkerData;

const say = (message: Message): void => port.postMessage(message);

try {
  if (code !== undefined) await loadCode(code);
  const linker = await openSharedModel(model, await loadBackend(backend), changes);
  linker.bind();
  port.on("message", ({ kind, inputs }: Request) => {
    const replies = doJobs(linker, kind, inputs).map(
      (outcome): Reply => ("output" in outcome ? outcome : { error: toPlainError(outcome.error) }),
    );
    say({ type: "done", replies });
  });
  say({ type: "ready" });
} catch (error) {
  say({ type: "failed", error: toPlainError(error) });
}
