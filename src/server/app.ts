import { Ajv } from "ajv";
import Fastify, { type FastifyInstance } from "fastify";
import { guard } from "./access.js";
import { describeApi, NEUTRAL_EXAMPLE } from "./api-docs.js";
import { endSlowBodies, readBodies } from "./bodies.js";
import type { Example } from "./jobs/example.js";
import { countRequests, type Metrics } from "./metrics.js";
import type { ServeOptions } from "./options.js";
import { answerBadPath, answerProblems, answerUnknown } from "./problems.js";
import { loggerOf, logThoseWhoLeave, RequestLog } from "./request-log.js";
import { annRoutes } from "./routes/ann.js";
import { kbRoutes } from "./routes/kb.js";
import { linkRoutes } from "./routes/link.js";
import { RECONCILE_PATH } from "./routes/manifest.js";
import { nifRoutes } from "./routes/nif.js";
import { operationRoutes } from "./routes/operations.js";
import { reconcileRoutes } from "./routes/reconcile.js";
import type { WorkerPool } from "./worker-pool.js";

/** What is served. */
export interface Served {
  readonly pool: WorkerPool;
  readonly metrics: Metrics;
  /** What the documentation page tries out. */
  readonly example: Example;
  /** Hashes of the model and the knowledge base, for `/version`. */
  readonly hashes: { readonly model: string; readonly kb: string };
}

/** The application, with which routes are declared. */
export type App = FastifyInstance;

/** The HTTP application; it listens to nothing yet. */
export async function makeApp(given: Served, options: ServeOptions): Promise<App> {
  const hasTokens = options.tokens.length > 0;
  const served: Served = hasTokens ? { ...given, example: NEUTRAL_EXAMPLE } : given;
  const app = Fastify({
    logger: options.logLevel === "silent" ? false : loggerOf(options.logLevel),
    logController: new RequestLog(),
    frameworkErrors: answerBadPath,
    bodyLimit: options.bodyLimit,
    forceCloseConnections: "idle",
  });
  validateStrictly(app);
  logThoseWhoLeave(app);
  endSlowBodies(app, options.timeLimitMs);
  partAtTheEnd(app);
  readBodies(app);
  answerProblems(app);
  countRequests(app, served.metrics);
  await guard(app, options);
  answerUnknown(app);
  await describeApi(app, hasTokens);
  operationRoutes(app, served);
  annRoutes(app, served, options);
  linkRoutes(app, served, options);
  kbRoutes(app, served, options);
  // In plugins of their own: other routes take neither forms nor Turtle, and CORS is not open to all for them.
  await app.register((scope) => reconcileRoutes(scope, served, options), { prefix: RECONCILE_PATH });
  await app.register((scope) => nifRoutes(scope, served, options));
  await app.ready();
  return app;
}

/** A number in a body is a number; in a query, where all is text, it is text that reads as one. */
function validateStrictly(app: App): void {
  const options = { strict: false, useDefaults: true } as const;
  const [exact, lenient] = [new Ajv(options), new Ajv({ ...options, coerceTypes: true })];
  app.setValidatorCompiler(({ schema, httpPart }) =>
    (httpPart === "body" ? exact : lenient).compile(schema as object),
  );
}

/** Answers that are given while the server ends are the last on their connection, which would keep it from ending. */
function partAtTheEnd(app: App): void {
  let isEnding = false;
  app.addHook("preClose", (done) => {
    isEnding = true;
    done();
  });
  app.addHook("onSend", (_request, reply, payload, done) => {
    if (isEnding) reply.header("connection", "close");
    done(null, payload);
  });
}
