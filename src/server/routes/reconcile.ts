import formbody from "@fastify/formbody";
import Type, { type Static } from "typebox";
import { allowOrigins } from "../access.js";
import type { App, Served } from "../app.js";
import { JsonField, type Part, refuseMore } from "../json-field.js";
import type { ServeOptions } from "../options.js";
import { Refusal } from "../problems.js";
import { addressOf, asksForManifest, manifestOf } from "./manifest.js";
import { PREVIEW_POLICY, previewOf } from "./preview.js";
import { Extension, Manifest, Proposal, Queries, Results, Rows } from "./reconcile-schemas.js";
import { ANY_TYPE, PROPERTIES, queryOf, resultsOf, rowsOf } from "./reconcile-values.js";
import { BODY_PROBLEMS, PROBLEMS, problem } from "./schemas.js";
import { suggestRoutes } from "./suggest.js";

const TAGS = ["reconciliation"];
/** A form or a query with JSON in its fields; without any the manifest is asked for. */
const Fields = Type.Object({
  queries: Type.Optional(Type.String({ description: "JSON: queries by keys that the answer repeats" })),
  extend: Type.Optional(Type.String({ description: "JSON: ids, and properties that are told of them" })),
});
const Form = Type.Object(Fields.properties, { anyOf: [{ required: ["queries"] }, { required: ["extend"] }] });
const queries = new JsonField("queries", Queries);
const extend = new JsonField("extend", Extension);

/** The W3C community group's Reconciliation Service API 0.2: OpenRefine and others find their rows in the knowledge base. */
export async function reconcileRoutes(app: App, served: Served, options: ServeOptions): Promise<void> {
  const { pool } = served;
  // The API demands it. Origins that somebody chose hold here too.
  if (options.corsOrigins.length === 0) await allowOrigins(app, ["*"]);
  await app.register(formbody, { bodyLimit: options.bodyLimit });

  let counted: ReturnType<typeof countTypes> | undefined;
  const countTypes = () => pool.run("types", null);
  /** The knowledge base does not change while it is served. */
  const known = (): ReturnType<typeof countTypes> => {
    counted ??= countTypes().catch((error: unknown) => {
      counted = undefined;
      throw error;
    });
    return counted;
  };
  const typesOfKb = async () => {
    const { types } = await known();
    return types.length === 0 ? [ANY_TYPE] : types.map(({ type }) => ({ id: type, name: type }));
  };

  const answer = async (fields: Static<typeof Fields>, part: Part): Promise<object> => {
    const at = part === "querystring" ? "query" : part;
    if (fields.extend !== undefined) {
      const asked = extend.read(fields.extend, part);
      refuseMore(asked.ids.length, options.batchLimit, { what: "ids", loc: [at, "extend", "ids"] });
      return rowsOf(asked, await pool.run("details", { ids: asked.ids }));
    }
    const asked = queries.read(fields.queries ?? "{}", part);
    const ids = Object.keys(asked);
    refuseMore(ids.length, options.batchLimit, { what: "queries", loc: [at, "queries"] });
    const given = Object.values(asked).map(queryOf);
    return resultsOf(ids, await pool.run("reconcile", { queries: given }));
  };

  app.get(
    "",
    {
      schema: {
        tags: TAGS,
        summary: "What this reconciliation service offers; with queries or extend, their answer",
        querystring: Fields,
        security: options.tokens.length > 0 ? [{}, { token: [] }] : [],
        response: {
          200: Type.Union([Manifest, Results, Rows], { description: "One of the three" }),
          ...PROBLEMS,
        },
      },
      serializerCompiler: () => JSON.stringify,
    },
    async (request) => {
      if (!asksForManifest(request)) return answer(request.query as Static<typeof Fields>, "querystring");
      const { entities } = await known();
      return manifestOf({ entities, types: await typesOfKb(), url: addressOf(request, options) }, options);
    },
  );
  app.post(
    "",
    {
      schema: {
        tags: TAGS,
        summary: "Find rows of a table in the knowledge base, or tell what it says of entities",
        consumes: ["application/x-www-form-urlencoded"],
        body: Form,
        response: {
          200: Type.Union([Results, Rows], {
            description: "Candidates of each query, or what is told of each entity",
          }),
          ...BODY_PROBLEMS,
        },
      },
      serializerCompiler: () => JSON.stringify,
    },
    (request) => answer(request.body as Static<typeof Fields>, "body"),
  );

  const ProposalQuery = Type.Object({
    type: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer({ minimum: 1 })),
  });
  app.get(
    "/extend/propose",
    {
      schema: {
        tags: TAGS,
        summary: "Properties that are told of entities of a type",
        querystring: ProposalQuery,
        response: { 200: Proposal, ...PROBLEMS },
      },
    },
    (request) => {
      const { type, limit } = request.query as Static<typeof ProposalQuery>;
      return { type, limit, properties: PROPERTIES.slice(0, limit) };
    },
  );

  const PreviewQuery = Type.Object({ id: Type.String() });
  app.get(
    "/preview",
    {
      schema: {
        tags: TAGS,
        summary: "A small page about an entity",
        querystring: PreviewQuery,
        response: {
          200: {
            description: "A page without scripts, for an iframe",
            content: { "text/html": { schema: Type.String() } },
          },
          404: problem("No entity has this id"),
          ...PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      const { id } = request.query as Static<typeof PreviewQuery>;
      const [entity] = await pool.run("details", { ids: [id] });
      if (!entity) {
        const msg = `no entity has the id ${JSON.stringify(id)}`;
        throw new Refusal(404, { loc: ["query", "id"], msg, type: "not_found" });
      }
      reply.header("content-security-policy", PREVIEW_POLICY);
      return reply.type("text/html; charset=utf-8").send(previewOf(entity));
    },
  );
  suggestRoutes(app, pool, typesOfKb);
}
