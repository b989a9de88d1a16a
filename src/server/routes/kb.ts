import Type, { type Static } from "typebox";
import { MATCH_KINDS } from "../../kb/candidate.js";
import type { App, Served } from "../app.js";
import { jobOptions } from "../job-options.js";
import type { ServeOptions } from "../options.js";
import { BODY_PROBLEMS, Share } from "./schemas.js";

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
        response: {
          200: Type.Object(
            { answers: Type.Array(Type.Array(Candidate)) },
            { description: "The candidates of each name" },
          ),
          ...BODY_PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      const asked = request.body as Static<typeof Mentions>;
      return { answers: await pool.run("candidates", asked, jobOptions(request, reply)) };
    },
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
          200: Type.Object(
            { answers: Type.Array(Type.Union([Entity, Type.Null()])) },
            { description: "What is known of each id" },
          ),
          ...BODY_PROBLEMS,
        },
      },
    },
    async (request, reply) => {
      const asked = request.body as Static<typeof Ids>;
      return { answers: await pool.run("entities", asked, jobOptions(request, reply)) };
    },
  );
}
