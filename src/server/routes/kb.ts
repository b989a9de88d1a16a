import Type, { type Static } from "typebox";
import { MATCH_KINDS } from "../../kb/candidate.js";
import type { App, Served } from "../app.js";
import type { ServeOptions } from "../options.js";
import { PROBLEMS, Share } from "./schemas.js";

const Texts = { name: Type.String(), description: Type.String(), type: Type.String() };

const Candidate = Type.Object({
  id: Type.String(),
  alias: Type.String({ description: "The name that the mention was found by" }),
  prior: Share,
  freq: Type.Number(),
  match: Type.String({ enum: [...MATCH_KINDS], description: "How the alias was found" }),
  similarity: Share,
  ...Texts,
});

const Entity = Type.Object({ id: Type.String(), freq: Type.Number(), ...Texts });

/** What the knowledge base says, for those who link elsewhere: one answer for each question, in their order. */
export function kbRoutes(app: App, { pool, example }: Served, { batchLimit }: ServeOptions): void {
  const Mentions = Type.Object(
    { mentions: Type.Array(Type.String(), { maxItems: batchLimit }) },
    { examples: [{ mentions: [example.mention] }] },
  );
  app.post(
    "/v1/candidates",
    {
      schema: {
        tags: ["knowledge base"],
        summary: "The entities that names may stand for",
        body: Mentions,
        response: { 200: Type.Object({ answers: Type.Array(Type.Array(Candidate)) }), ...PROBLEMS },
      },
    },
    async (request) => ({ answers: await pool.run("candidates", request.body as Static<typeof Mentions>) }),
  );
  const Ids = Type.Object({ ids: Type.Array(Type.String(), { maxItems: batchLimit }) });
  app.post(
    "/v1/entities",
    {
      schema: {
        tags: ["knowledge base"],
        summary: "Entities by their ids; null for those that there are not",
        body: Ids,
        response: {
          200: Type.Object({ answers: Type.Array(Type.Union([Entity, Type.Null()])) }),
          ...PROBLEMS,
        },
      },
    },
    async (request) => ({ answers: await pool.run("entities", request.body as Static<typeof Ids>) }),
  );
}
