import type { FastifyReply, FastifyRequest } from "fastify";
import Type, { type Static } from "typebox";
import type { App, Served } from "../app.js";
import { jobOptions, sendJson } from "../job-options.js";
import type { Example } from "../jobs/example.js";
import type { ServeOptions } from "../options.js";
import { BODY_PROBLEMS, Offset, Share } from "./schemas.js";

const Span = Type.Object({ text: Type.String(), start: Offset, end: Offset, label: Type.String() });

const LinkedSpan = Type.Object({
  text: Type.String(),
  start: Offset,
  end: Offset,
  label: Type.String(),
  id: Type.String({ description: "The entity's id; empty where the span is not linked" }),
  alias_candidates: Type.Array(Type.Object({ alias: Type.String(), similarity: Share })),
  kb_candidates: Type.Array(Type.Object({ entity: Type.String(), context_similarity: Type.Number() })),
});

const Answer = Type.Object(
  { documents: Type.Array(Type.Object({ spans: Type.Array(LinkedSpan), context: Type.String() })) },
  { description: "The documents in their order, each with its spans in theirs" },
);

const Query = Type.Object({
  similarity_threshold: Type.Optional(
    Type.Number({
      minimum: 0,
      maximum: 1,
      description: "Aliases less similar than this are left out, in this request",
    }),
  ),
});

/** spacy-ann-linker's protocol: its clients change the URL and nothing else. */
export function annRoutes(app: App, { pool, metrics, example }: Served, { batchLimit }: ServeOptions): void {
  const Body = Type.Object(
    {
      documents: Type.Array(Type.Object({ spans: Type.Array(Span), context: Type.String() }), {
        maxItems: batchLimit,
      }),
    },
    { examples: [bodyOf(example)] },
  );
  const schema = {
    tags: ["spacy-ann-linker"],
    summary: "Link spans, as spacy-ann-linker's server does",
    querystring: Query,
    body: Body,
    response: { 200: Answer, ...BODY_PROBLEMS },
  };
  const handler = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { documents } = request.body as Static<typeof Body>;
    const { similarity_threshold: similarityThreshold = 0 } = request.query as Static<typeof Query>;
    const answer = await pool.run("spans", { documents, similarityThreshold }, jobOptions(request, reply));
    metrics.documents.inc(documents.length);
    return sendJson(reply, answer);
  };
  app.post("/link", { schema }, handler);
  // spacy-ann-linker's server sends such requests on to the path without the slash.
  app.post("/link/", { schema: { ...schema, hide: true } }, handler);
}

function bodyOf({ text, mention, start }: Example): object {
  const span = { text: mention, start, end: start + [...mention].length, label: "MISC" };
  return { documents: [{ spans: mention === "" ? [] : [span], context: text }] };
}
