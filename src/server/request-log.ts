import { type FastifyInstance, type FastifyReply, type FastifyRequest, LogController } from "fastify";

/** Logs to stderr, without query strings and bodies: texts are nobody's business. */
export function loggerOf(level: string): object {
  const req = ({ method, url, id }: { method: string; url: string; id: string }): object => {
    return { id, method, path: url.split("?")[0] };
  };
  return { level, stream: process.stderr, serializers: { req } };
}

/** Whether the client went before its answer had come, which is no error of the server. */
export const hasLeft = ({ raw }: FastifyReply): boolean => raw.destroyed && !raw.writableFinished;

/** Says so of each that leaves. */
export function logThoseWhoLeave(app: FastifyInstance): void {
  app.addHook("onRequest", (request, reply, done) => {
    reply.raw.once("close", () => {
      if (hasLeft(reply)) request.log.info("client left");
    });
    done();
  });
}

/** What breaks off an answer, unless it is the client: that is told already. */
export class RequestLog extends LogController {
  override streamError(error: Error, request: FastifyRequest, reply: FastifyReply): void {
    if (!hasLeft(reply)) super.streamError(error, request, reply);
  }
}
