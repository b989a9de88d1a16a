import swagger from "@fastify/swagger";
import swaggerUi from "@fastify/swagger-ui";
import type { FastifyInstance } from "fastify";
import { VERSION } from "../version.js";
import type { Example } from "./jobs/example.js";

export const DOCS_PATH = "/docs";
export const OPENAPI_PATH = "/openapi.json";
/** In the order of the page. */
const TAGS = ["linkwright", "spacy-ann-linker", "knowledge base", "reconciliation", "GERBIL", "operations"];
/** The page loads what this server has, and nothing else. */
const POLICY = {
  "default-src": ["'self'"],
  "img-src": ["'self'", "data:"],
  "style-src": ["'self'", "'unsafe-inline'"],
  "object-src": ["'none'"],
  "base-uri": ["'self'"],
  "frame-ancestors": ["'self'"],
};

/** What everybody is shown where the knowledge base is only for those with a token. */
export const NEUTRAL_EXAMPLE: Example = { text: "Washington is a name.", mention: "Washington", start: 0 };

/** Describes routes in OpenAPI, as they are declared after this, and shows that on a page. */
export async function describeApi(app: FastifyInstance, hasTokens: boolean): Promise<void> {
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "linkwright",
        version: VERSION,
        description: "Links the mentions of texts to the entries of a knowledge base.",
      },
      tags: TAGS.map((name) => ({ name })),
      ...(hasTokens && {
        components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
        security: [{ token: [] }],
      }),
    },
  });
  await app.register(swaggerUi, {
    routePrefix: DOCS_PATH,
    theme: { title: "linkwright" },
    uiConfig: { layout: "BaseLayout" }, // the other has a bar that loads descriptions of other hosts
    staticCSP: POLICY,
  });
  app.get(OPENAPI_PATH, { schema: { hide: true } }, () => app.swagger());
}
