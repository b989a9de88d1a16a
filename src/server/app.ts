import bearerAuth from "@fastify/bearer-auth";
import cors from "@fastify/cors";
import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import { Ajv } from "ajv";
import Fastify, { type FastifyInstance } from "fastify";
import { VERSION } from "../version.js";
import type { Example } from "./jobs/example.js";
import { isNdjson, NDJSON } from "./media-types.js";
import { countRequests, type Metrics } from "./metrics.js";
import { DEEPEST, isTooDeep } from "./nesting.js";
import type { ServeOptions } from "./options.js";
import { answerProblems } from "./problems.js";
import { annRoutes } from "./routes/ann.js";
import { kbRoutes } from "./routes/kb.js";
import { linkRoutes } from "./routes/link.js";
import { nifRoutes } from "./routes/nif.js";
import { operationRoutes } from "./routes/operations.js";
import { asksForManifest, RECONCILE_PATH, reconcileRoutes } from "./routes/reconcile.js";
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

/** Routes that everybody may ask, token or not. */
const OPEN = ["/health", "/ready"];

/** The HTTP application; it listens to nothing yet. */
export async function makeApp(served: Served, options: ServeOptions): Promise<App> {
  const app = Fastify({
    logger: options.logLevel === "silent" ? false : loggerOf(options.logLevel),
    bodyLimit: options.bodyLimit,
    forceCloseConnections: "idle",
  });
  validateStrictly(app);
  readLines(app);
  endSlowBodies(app, options.timeLimitMs);
  partAtTheEnd(app);
  readJson(app);
  answerProblems(app);
  countRequests(app, served.metrics);
  // Before tokens: a browser asks beforehand, without one.
  if (options.corsOrigins.length > 0) {
    await app.register(cors, { origin: options.corsOrigins.includes("*") ? "*" : [...options.corsOrigins] });
  }
  if (options.tokens.length > 0) await demandToken(app, options.tokens);
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "linkwright",
        version: VERSION,
        description: "Links the mentions of texts to the entries of a knowledge base.",
      },
      ...(options.tokens.length > 0 && {
        components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
        security: [{ token: [] }],
      }),
    },
  });
  await app.register(swaggerUi, { routePrefix: "/docs" });
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

/** Logs to stderr, without query strings and bodies: texts are nobody's business. */
function loggerOf(level: string): object {
  const req = ({ method, url, id }: { method: string; url: string; id: string }): object => {
    return { id, method, path: url.split("?")[0] };
  };
  return { level, stream: process.stderr, serializers: { req } };
}

/** JSON in UTF-8 and nothing else: what is no UTF-8 is refused, not repaired. */
function readJson(app: App): void {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const refuse = (message: string): Error => Object.assign(new Error(message), { statusCode: 400 });
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (_request, body, done) => {
    let text: string;
    try {
      text = decoder.decode(body as Buffer);
    } catch {
      return done(refuse("the body is not UTF-8"));
    }
    if (isTooDeep(text)) return done(refuse(`the body is nested deeper than ${DEEPEST}`));
    try {
      done(null, JSON.parse(text));
    } catch (error) {
      done(refuse(`the body is not JSON: ${(error as Error).message}`));
    }
  });
}

/** Lines are read as they come, by the route. */
function readLines(app: App): void {
  app.addContentTypeParser(NDJSON, (_request, body, done) => done(null, body));
}

/** Ends requests whose body does not come in time; a stream of lines may take as long as it likes. */
function endSlowBodies(app: App, timeLimitMs: number): void {
  const timers = new WeakMap<object, ReturnType<typeof setTimeout>>();
  app.addHook("preParsing", (request, reply, payload, done) => {
    const end = (): void => {
      const detail = [
        { loc: ["body"], msg: `the body did not come in ${timeLimitMs / 1000} s`, type: "timeout" },
      ];
      reply.hijack();
      reply.raw.writeHead(408, { "content-type": "application/json", connection: "close" });
      reply.raw.end(JSON.stringify({ detail }), () => request.raw.destroy());
    };
    if (!isNdjson(request.headers["content-type"])) timers.set(request, setTimeout(end, timeLimitMs));
    done(null, payload);
  });
  const stop = (request: object): void => clearTimeout(timers.get(request));
  app.addHook("preValidation", (request, _reply, done) => {
    stop(request);
    done();
  });
  app.addHook("onResponse", (request, _reply, done) => {
    stop(request);
    done();
  });
  app.addHook("onRequestAbort", (request, done) => {
    stop(request);
    done();
  });
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

async function demandToken(app: App, tokens: readonly string[]): Promise<void> {
  await app.register(bearerAuth, { keys: new Set(tokens), addHook: false });
  app.addHook("onRequest", (request, reply, done) => {
    if (OPEN.includes(request.routeOptions.url ?? "") || asksForManifest(request)) return done();
    if (request.method === "OPTIONS") return done(); // a preflight can't show a token
    (app as App & { verifyBearerAuth: (...args: unknown[]) => void }).verifyBearerAuth(request, reply, done);
  });
}
