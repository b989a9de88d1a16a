/** A worker thread: links what it is asked to, one job after the other. */
import { parentPort, workerData } from "node:worker_threads";
import { LinkwrightError } from "../errors.js";
import { loadCode } from "../plugins/load-code.js";
import { loadBackend } from "../tensor/backend.js";
import { type JobKind, jobs } from "./jobs/jobs.js";
import { openSharedModel } from "./shared-model.js";
import type { Message, Request, WorkerData } from "./worker-data.js";

const port = parentPort as NonNullable<typeof parentPort>;
const { model, backend, changes, code } = workerData as WorkerData;
if (code !== undefined) await loadCode(code);
const linker = await openSharedModel(model, await loadBackend(backend, { gradients: false }), changes);
linker.bind();

const say = (message: Message): void => port.postMessage(message);

port.on("message", ({ id, kind, input }: Request) => {
  try {
    const run = jobs[kind] as (of: typeof linker, what: typeof input) => ReturnType<(typeof jobs)[JobKind]>;
    say({ type: "done", id, output: run(linker, input) });
  } catch (error) {
    const { message } = error as Error;
    say({ type: "failed", id, code: error instanceof LinkwrightError ? error.code : undefined, message });
  }
});
say({ type: "ready" });
