import type { FastifyInstance, FastifyRequest } from "fastify";
import { isNdjson, NDJSON } from "./media-types.js";
import { DEEPEST, isTooDeep } from "./nesting.js";
import { Refusal } from "./problems.js";

const sizes = new WeakMap<FastifyRequest, number>();

/** Bytes of a body that was read as JSON, however it was sent; without end where it was not. */
export function bodyBytes(request: FastifyRequest): number {
  return sizes.get(request) ?? Number.POSITIVE_INFINITY;
}

/** Takes JSON in UTF-8, and lines of it as they come; what is no UTF-8 is refused, not repaired. */
export function readBodies(app: FastifyInstance): void {
  app.removeContentTypeParser("text/plain");
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    sizes.set(request, body.length);
    try {
      const text = textOf(body as Buffer);
      if (isTooDeep(text)) throw notJson(`the body is nested deeper than ${DEEPEST}`);
      done(null, parse(text));
    } catch (error) {
      done(error as Error);
    }
  });
  app.addContentTypeParser(NDJSON, (_request, body, done) => done(null, body));
}

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A body that should be UTF-8. @throws Refusal */
export function textOf(body: Uint8Array): string {
  try {
    return decoder.decode(body);
  } catch {
    throw new Refusal(422, { loc: ["body"], msg: "the body is not UTF-8", type: "value_error.encoding" });
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw notJson(`the body is not JSON: ${(error as Error).message}`);
  }
}

const notJson = (msg: string): Refusal => new Refusal(422, { loc: ["body"], msg, type: "value_error.json" });

/** Ends requests whose body does not come in time; a stream of lines may take as long as it likes. */
export function endSlowBodies(app: FastifyInstance, timeLimitMs: number): void {
  const timers = new WeakMap<FastifyRequest, ReturnType<typeof setTimeout>>();
  app.addHook("preParsing", (request, reply, payload, done) => {
    const end = (): void => {
      const msg = `the body did not come in ${timeLimitMs / 1000} s`;
      reply.hijack();
      reply.raw.writeHead(408, { "content-type": "application/json", connection: "close" });
      const detail = [{ loc: ["body"], msg, type: "timeout" }];
      reply.raw.end(JSON.stringify({ detail }), () => request.raw.destroy());
    };
    if (!isNdjson(request.headers["content-type"])) timers.set(request, setTimeout(end, timeLimitMs));
    done(null, payload);
  });
  const stop = (request: FastifyRequest): void => clearTimeout(timers.get(request));
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
