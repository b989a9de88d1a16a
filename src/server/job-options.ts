import type { FastifyReply, FastifyRequest } from "fastify";
import type { JobOptions } from "./worker-pool.js";

/** What the pool should know of a request: how large it is, and when nobody waits for its answer any more. */
export function jobOptions(request: FastifyRequest, reply: FastifyReply): JobOptions {
  const gone = new AbortController();
  reply.raw.once("close", () => {
    if (!reply.raw.writableFinished) gone.abort();
  });
  return {
    bytes: Number(request.headers["content-length"] ?? Number.POSITIVE_INFINITY),
    signal: gone.signal,
  };
}
