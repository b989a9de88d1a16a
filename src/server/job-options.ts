import type { FastifyReply, FastifyRequest } from "fastify";
import { bodyBytes } from "./bodies.js";
import type { JobOptions } from "./worker-pool.js";

/** What the pool should know of a request: how large it is, and when nobody waits for its answer any more. */
export function jobOptions(request: FastifyRequest, { raw }: FastifyReply): JobOptions {
  return {
    bytes: bodyBytes(request),
    whenGone: (takeBack) => raw.once("close", () => raw.writableFinished || takeBack()),
  };
}

/** Answers JSON that a thread has written: what the threads write, this one need not. */
export function sendJson(reply: FastifyReply, json: string): FastifyReply {
  return reply.type("application/json; charset=utf-8").send(json);
}
