import { createHash } from "node:crypto";
import { linkwrightError } from "../errors.js";
import { sharedBytes } from "../kb/shared-kb.js";
import type { LinkerOptions } from "../linker/options.js";
import { readAny } from "../plugins/load-linker.js";
import { type App, makeApp } from "./app.js";
import { makeMetrics } from "./metrics.js";
import { SERVE_DEFAULTS, type ServeOptions } from "./options.js";
import { shareModel } from "./shared-model.js";
import { WorkerPool } from "./worker-pool.js";

/** A server that listens. */
export interface Server {
  /** Such as "http://127.0.0.1:8080". */
  readonly url: string;
  readonly app: App;
  readonly pool: WorkerPool;
  /** Answers what was asked already, takes nothing more, and ends. */
  close(): Promise<void>;
}

export interface ServeArguments extends Partial<ServeOptions> {
  /** Options that win over the model's. @default {} */
  readonly changes?: Partial<LinkerOptions>;
  /** File that registers functions, run in each thread. */
  readonly code?: string | undefined;
}

/** Serves a model folder, or a knowledge base with the model that ships with linkwright. */
export async function serve(
  path: string,
  { changes = {}, code, ...given }: ServeArguments = {},
): Promise<Server> {
  const options: ServeOptions = { ...SERVE_DEFAULTS, ...given };
  const bundle = await readAny(path);
  if (bundle.about.mirrors !== undefined)
    throw linkwrightError("L519", { model: `The model ${path}`, kb: String(bundle.about.mirrors) });
  const model = await shareModel(bundle, options.backend);
  const metrics = makeMetrics();
  const pool = await WorkerPool.start(
    { model, backend: options.backend, changes, code },
    {
      workers: options.workers,
      queueLimit: options.queueLimit,
      timeLimitMs: options.timeLimitMs,
      onReplaced: (reason) => {
        metrics.workersReplaced.inc();
        app?.log.warn({ reason }, "a worker was replaced");
      },
    },
  );
  metrics.watch(pool);
  let app: App | undefined;
  try {
    const hashes = { model: hashOf(model.files), kb: model.kb.hash ?? hashOf(sharedBytes(model.kb)) };
    app = await makeApp({ pool, metrics, example: await pool.run("example", null), hashes }, options);
    const { host, port } = options;
    const url = await app.listen({ host, port }).catch((cause: Error) => {
      throw linkwrightError("L603", { host, port, why: cause.message }, cause);
    });
    const running = app;
    return {
      url,
      app: running,
      pool,
      close: async () => {
        await running.close();
        await pool.close();
      },
    };
  } catch (error) {
    await app?.close();
    await pool.close();
    throw error;
  }
}

function hashOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash("sha256");
  for (const [name, content] of files) hash.update(name).update(content);
  return hash.digest("hex");
}
