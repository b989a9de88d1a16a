/** What a reconciliation service says of itself. */
import type { FastifyRequest } from "fastify";
import type { Static } from "typebox";
import { VERSION } from "../../version.js";
import type { ServeOptions } from "../options.js";
import { PREVIEW_SIZE } from "./preview.js";
import type { Manifest } from "./reconcile-schemas.js";

export const RECONCILE_PATH = "/reconcile";
/** Queries that clients are asked to send at a time. */
const BATCH = 100;
/** Types that are offered without being asked for. */
const MOST_TYPES = 20;
const SCHEMA_SPACE = "http://www.w3.org/2002/07/owl#Thing";

/** The specification refers to Swagger 2.0 here, which has no other word for bearer tokens. */
const AUTHENTICATION = {
  type: "apiKey",
  name: "Authorization",
  in: "header",
  description: '"Bearer", a space and the token',
} as const;

/** Whether the manifest is asked for, which a client needs to know how to show a token. */
export function asksForManifest({ method, routeOptions, query }: FastifyRequest): boolean {
  if (!["GET", "HEAD"].includes(method) || routeOptions.url !== RECONCILE_PATH) return false;
  const { queries, extend } = query as { queries?: string; extend?: string };
  return queries === undefined && extend === undefined;
}

/** Where the client reached the server. */
export function addressOf({ protocol, host }: FastifyRequest, { publicUrl }: ServeOptions): string {
  return publicUrl?.replace(/\/+$/u, "") ?? `${protocol}://${host}`;
}

export function manifestOf(
  { entities, types, url }: { entities: number; types: { id: string; name: string }[]; url: string },
  { entityBase, entityView, batchLimit, tokens }: ServeOptions,
): Static<typeof Manifest> {
  const service = (path: string) => ({ service_url: url, service_path: `${RECONCILE_PATH}/${path}` });
  return {
    versions: ["0.2"],
    name: `linkwright: ${entities} entities`,
    identifierSpace: entityBase,
    schemaSpace: SCHEMA_SPACE,
    defaultTypes: types.slice(0, MOST_TYPES),
    documentation: `${url}/docs`,
    serviceVersion: VERSION,
    batchSize: Math.min(BATCH, batchLimit),
    ...(entityView !== undefined && { view: { url: entityView } }),
    preview: { url: `${url}${RECONCILE_PATH}/preview?id={{id}}`, ...PREVIEW_SIZE },
    suggest: {
      entity: service("suggest/entity"),
      type: service("suggest/type"),
      property: service("suggest/property"),
    },
    extend: { propose_properties: service("extend/propose"), property_settings: [] },
    ...(tokens.length > 0 && { authentication: AUTHENTICATION }),
  };
}
