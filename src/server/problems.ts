import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { hasLeft } from "./request-log.js";
import { PoolError } from "./worker-pool.js";

/** One thing that is wrong with a request, in the shape of FastAPI, whose clients expect it. */
export interface Detail {
  /** Where: "body", "query", "path", "header" or "method", then keys and indices; empty where the request is not at fault. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** Seconds after which a client that was refused may come back. */
const RETRY_AFTER = 1;

/** A request that can't be answered, and why. */
export class Refusal extends Error {
  readonly detail: readonly Detail[];

  constructor(
    readonly statusCode: number,
    ...detail: readonly Detail[]
  ) {
    super(detail[0]?.msg);
    this.detail = detail;
  }
}

/** Answers what is wrong with requests: 4xx and 503 say what to do, 500 says nothing of the inside. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: Error, request, reply) => {
    const refusal = refusalOf(error);
    const isOurs = refusal.statusCode >= 500 && !(error instanceof PoolError);
    if (isOurs && !hasLeft(reply)) request.log.error({ err: error }, "failed");
    return answer(reply, refusal);
  });
  app.addHook("preValidation", (request, _reply, done) => {
    const isMissing = request.method === "POST" && request.body === undefined;
    done(isMissing ? new Refusal(422, wrong("a body is required")) : undefined);
  });
}

/** Answers requests for what is not there before their body is looked at; after tokens, to be called before routes. */
export function answerUnknown(app: FastifyInstance): void {
  const methods = methodsOfPaths(app);
  const refuse = ({ method, url }: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const allow = [...(methods.get(url.split("?")[0] as string) ?? [])];
    return answer(reply, allow.length > 0 ? notFor(method, allow) : NOT_FOUND, allow);
  };
  app.addHook("onRequest", (request, reply, done) => {
    if (request.is404) refuse(request, reply);
    else done();
  });
  app.setNotFoundHandler(refuse);
}

/** A path that does not decode, at which no hook and no handler of errors is asked. */
export function answerBadPath(_error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void {
  const msg = "the path is no percent-encoded UTF-8";
  answer(reply, new Refusal(400, { loc: ["path"], msg, type: "value_error.url" }));
}

function answer(
  reply: FastifyReply,
  { statusCode, detail }: Refusal,
  allow: readonly string[] = [],
): FastifyReply {
  if (statusCode === 401) reply.header("WWW-Authenticate", "Bearer");
  if (statusCode === 503) reply.header("Retry-After", RETRY_AFTER);
  if (statusCode === 405) reply.header("Allow", allow.join(", "));
  return reply.code(statusCode).type("application/json; charset=utf-8").send(JSON.stringify({ detail }));
}

/** What is wrong with a body. */
const wrong = (msg: string, type = "value_error"): Detail => ({ loc: ["body"], msg, type });

const NOT_FOUND = new Refusal(404, { loc: ["path"], msg: "not found", type: "not_found" });
const INTERNAL: Detail = { loc: [], msg: "internal error", type: "internal_error" };

function refusalOf(error: Error & Partial<FastifyError>): Refusal {
  if (error instanceof Refusal) return error;
  const { validation, validationContext: part = "body", code = "", message } = error;
  if (validation) {
    const at = part === "querystring" ? "query" : part;
    return new Refusal(422, ...validation.map((found) => detailOf(at, found)));
  }
  if (error instanceof PoolError && error.reason !== "died")
    return new Refusal(503, { loc: [], msg: message, type: "unavailable" });
  // A document that is none: the codes of readers.
  if (/^L1\d\d$/.test(code)) return new Refusal(422, wrong(message));
  const status = error.statusCode ?? 500;
  return status < 500 ? refusalOfHttp(status, message) : new Refusal(status, INTERNAL);
}

/** What the framework itself refuses. */
function refusalOfHttp(status: number, msg: string): Refusal {
  if (status === 401)
    return new Refusal(401, { loc: ["header", "authorization"], msg, type: "unauthorized" });
  if (status === 413) return new Refusal(413, wrong(msg, "value_error.too_large"));
  if (status === 415)
    return new Refusal(415, { loc: ["header", "content-type"], msg, type: "value_error.media_type" });
  return status === 400 ? new Refusal(422, wrong(msg)) : new Refusal(status, wrong(msg));
}

/** The methods of each path, as routes are declared. */
function methodsOfPaths(app: FastifyInstance): ReadonlyMap<string, Set<string>> {
  const methods = new Map<string, Set<string>>();
  app.addHook("onRoute", ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const one of [method].flat()) known.add(one);
    methods.set(url, known);
  });
  return methods;
}

function notFor(method: string, allow: readonly string[]): Refusal {
  const msg = `${method} is not for this path, which takes ${allow.join(", ")}`;
  return new Refusal(405, { loc: ["method"], msg, type: "method_not_allowed" });
}

interface Found {
  readonly keyword: string;
  readonly instancePath: string;
  readonly message?: string | undefined;
  readonly params: Readonly<Record<string, unknown>>;
}

function detailOf(part: string, { keyword, instancePath, message = "is wrong", params }: Found): Detail {
  const path = instancePath
    .split("/")
    .slice(1)
    .map((key) => (/^\d+$/.test(key) ? Number(key) : key.replaceAll("~1", "/").replaceAll("~0", "~")));
  if (keyword === "required") {
    const missing = String(params.missingProperty);
    return { loc: [part, ...path, missing], msg: "field required", type: "value_error.missing" };
  }
  return {
    loc: [part, ...path],
    msg: message,
    type: keyword === "type" ? `type_error.${params.type}` : `value_error.${keyword}`,
  };
}
