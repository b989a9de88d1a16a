import Type from "typebox";
import { VERSION } from "../../version.js";
import type { App, Served } from "../app.js";
import { PROBLEMS } from "./schemas.js";

const TAGS = ["operations"];

/** Routes for those who run the server. */
export function operationRoutes(app: App, { pool, metrics, hashes }: Served): void {
  app.get("/", { schema: { hide: true } }, (_request, reply) => reply.redirect("/docs"));
  app.get(
    "/health",
    {
      schema: {
        tags: TAGS,
        summary: "The process lives",
        security: [],
        response: { 200: Type.Object({ status: Type.String() }, { description: "It does" }) },
      },
    },
    () => ({ status: "ok" }),
  );
  const ready = (description: string) =>
    Type.Object({ status: Type.String(), workers: Type.Integer() }, { description });
  app.get(
    "/ready",
    {
      schema: {
        tags: TAGS,
        summary: "It can link",
        security: [],
        response: { 200: ready("Threads that can link"), 503: ready("No thread can link now") },
      },
    },
    (_request, reply) => {
      const { alive } = pool;
      return reply
        .code(alive > 0 ? 200 : 503)
        .send({ status: alive > 0 ? "ok" : "no worker", workers: alive });
    },
  );
  app.get(
    "/metrics",
    {
      schema: {
        tags: TAGS,
        summary: "Prometheus' metrics",
        response: {
          200: {
            description: "Metrics in Prometheus' text format",
            content: { "text/plain": { schema: Type.String() } },
          },
          401: PROBLEMS[401],
        },
      },
    },
    async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  const Version = Type.Object(
    { linkwright: Type.String(), model: Type.String(), kb: Type.String() },
    { description: "Equal hashes, equal links" },
  );
  app.get(
    "/version",
    { schema: { tags: TAGS, summary: "What runs here", response: { 200: Version, 401: PROBLEMS[401] } } },
    () => ({ linkwright: VERSION, ...hashes }),
  );
}
