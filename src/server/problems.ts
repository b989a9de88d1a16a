import type { FastifyError, FastifyInstance, FastifyReply } from "fastify";
import { PoolError } from "./worker-pool.js";

/** One thing that is wrong with a request, in the shape of FastAPI, whose clients expect it. */
export interface Detail {
  /** Where: "body" or "query", then keys and indices. */
  readonly loc: readonly (string | number)[];
  readonly msg: string;
  readonly type: string;
}

/** Seconds after which a client that was refused may come back. */
const RETRY_AFTER = 1;

/** Answers what is wrong with requests: 4xx and 503 say what to do, 500 says nothing of the inside. */
export function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler((error: FastifyError & { code?: string }, request, reply) => {
    if (error.validation) {
      const part = error.validationContext === "querystring" ? "query" : (error.validationContext ?? "body");
      return reply.code(422).send({ detail: error.validation.map((found) => detailOf(part, found)) });
    }
    if (error instanceof PoolError) return refuse(reply, error);
    // A document that is none: the codes of readers.
    if (/^L1\d\d$/.test(error.code ?? "")) return problem(reply, 422, error.message, "value_error");
    const status = error.statusCode ?? 500;
    if (status >= 500) request.log.error({ err: error }, "failed");
    const shown = status >= 500 ? "internal error" : error.message;
    return problem(reply, status === 400 ? 422 : status, shown, typeOf(status));
  });
  app.addHook("preValidation", (request, _reply, done) => {
    const isMissing = request.method === "POST" && request.body === undefined;
    done(isMissing ? Object.assign(new Error("a body is required"), { statusCode: 422 }) : undefined);
  });
  app.setNotFoundHandler((_request, reply) => problem(reply, 404, "not found", "not_found"));
}

function refuse(reply: FastifyReply, error: PoolError): FastifyReply {
  if (error.reason === "died") return problem(reply, 500, "internal error", "internal_error");
  return problem(reply.header("Retry-After", RETRY_AFTER), 503, error.message, "unavailable");
}

function problem(reply: FastifyReply, status: number, msg: string, type: string): FastifyReply {
  const detail: Detail[] = [{ loc: ["body"], msg, type }];
  return reply.code(status).send({ detail });
}

function typeOf(status: number): string {
  if (status === 400) return "value_error.json";
  if (status === 413) return "value_error.too_large";
  return status >= 500 ? "internal_error" : "value_error";
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
