import Type from "typebox";
import { VERSION } from "../../version.js";
import type { App, Served } from "../app.js";

const TAGS = ["operations"];

/** Routes for those who run the server. */
export function operationRoutes(app: App, { pool, metrics, hashes }: Served): void {
  app.get("/", { schema: { hide: true } }, (_request, reply) => reply.redirect("/docs"));
  app.get("/openapi.json", { schema: { hide: true } }, () => app.swagger());
  app.get(
    "/health",
    {
      schema: {
        tags: TAGS,
        summary: "The process lives",
        response: { 200: Type.Object({ status: Type.String() }) },
      },
    },
    () => ({ status: "ok" }),
  );
  const Ready = Type.Object({ status: Type.String(), workers: Type.Integer() });
  app.get(
    "/ready",
    { schema: { tags: TAGS, summary: "It can link", response: { 200: Ready, 503: Ready } } },
    (_request, reply) => {
      const { alive } = pool;
      return reply
        .code(alive > 0 ? 200 : 503)
        .send({ status: alive > 0 ? "ok" : "no worker", workers: alive });
    },
  );
  app.get(
    "/metrics",
    { schema: { tags: TAGS, summary: "Prometheus' metrics", response: { 200: Type.String() } } },
    async (_request, reply) =>
      reply.type(metrics.registry.contentType).send(await metrics.registry.metrics()),
  );
  const Version = Type.Object(
    { linkwright: Type.String(), model: Type.String(), kb: Type.String() },
    { description: "Equal hashes, equal links" },
  );
  app.get(
    "/version",
    { schema: { tags: TAGS, summary: "What runs here", response: { 200: Version } } },
    () => ({ linkwright: VERSION, ...hashes }),
  );
}
