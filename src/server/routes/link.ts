import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import Type, { type Static } from "typebox";
import type { App, Served } from "../app.js";
import { jobOptions, sendJson } from "../job-options.js";
import { linkStreamed } from "../line-stream.js";
import { isNdjson, NDJSON } from "../media-types.js";
import type { ServeOptions } from "../options.js";
import { BODY_PROBLEMS, Offset, Share } from "./schemas.js";

const Sentence = Type.Object({ start: Offset, end: Offset });

const Mention = Type.Object({
  start: Offset,
  end: Offset,
  label: Type.Optional(Type.String()),
  kb_id: Type.Optional(Type.String()),
});

const Document = Type.Object(
  {
    id: Type.Optional(Type.String()),
    text: Type.String(),
    ents: Type.Optional(
      Type.Array(Mention, { description: "Left out: the names of the knowledge base are found" }),
    ),
    sents: Type.Optional(Type.Array(Sentence)),
  },
  { description: "Offsets are UTF-16 code units, end exclusive" },
);

const Candidate = Type.Object({
  kb_id: Type.String(),
  name: Type.String(),
  prior: Type.Number(),
  frequency: Type.Number(),
  string: Type.Number(),
  context: Type.Number(),
  match: Type.String(),
  score: Share,
});

const LinkedDocument = Type.Object(
  {
    id: Type.Optional(Type.String()),
    text: Type.String(),
    ents: Type.Array(
      Type.Object(
        {
          start: Offset,
          end: Offset,
          label: Type.String(),
          kb_id: Type.String({ description: "An entity's id, or NIL" }),
          score: Type.Optional(Share),
          reason: Type.Optional(Type.String()),
          one_of: Type.Optional(Type.Array(Type.String())),
          candidates: Type.Optional(Type.Array(Candidate)),
        },
        { additionalProperties: true },
      ),
    ),
    sents: Type.Optional(Type.Array(Sentence)),
  },
  { additionalProperties: true },
);

const Query = Type.Object({
  candidates: Type.Optional(Type.Boolean({ description: "Whether candidates are listed", default: true })),
});

const Lines = Type.Any({ description: "A document a line, as many as you like" });

const Answer = {
  description: "The documents in their order, linked; of lines as soon as each is",
  content: {
    "application/json": { schema: Type.Object({ documents: Type.Array(LinkedDocument) }) },
    [NDJSON]: {
      schema: Type.Any({ description: "A line for a line: a document, or {detail} where the line is none" }),
    },
  },
};

/** linkwright's own protocol: documents as in its files. */
export function linkRoutes(
  app: App,
  { pool, metrics, example }: Served,
  { batchLimit, bodyLimit }: ServeOptions,
): void {
  const Body = Type.Object(
    { documents: Type.Array(Document, { maxItems: batchLimit }) },
    { examples: [{ documents: [{ text: example.text }] }] },
  );
  const ending = new AbortController();
  app.addHook("preClose", (done) => {
    ending.abort();
    done();
  });
  const wantsCandidates = (query: unknown): boolean => (query as Static<typeof Query>).candidates ?? true;

  app.post(
    "/v1/link",
    {
      schema: {
        tags: ["linkwright"],
        summary: "Link documents; application/x-ndjson streams them, a line for a line",
        querystring: Query,
        body: { content: { "application/json": { schema: Body }, [NDJSON]: { schema: Lines } } },
        response: { 200: Answer, ...BODY_PROBLEMS },
      },
    },
    async (request, reply) => {
      if (isNdjson(request.headers["content-type"])) {
        const lines = linkStreamed(request.body as IncomingMessage, pool, {
          candidates: wantsCandidates(request.query),
          ahead: pool.alive + 1,
          lineLimit: bodyLimit,
          ending: ending.signal,
          onLinked: (documents) => metrics.documents.inc(documents),
        });
        // The last on its connection: what was sent may not have been read to its end.
        return reply.type(NDJSON).header("connection", "close").send(Readable.from(lines));
      }
      const { documents } = request.body as Static<typeof Body>;
      const input = { documents, candidates: wantsCandidates(request.query) };
      const linked = await pool.run("documents", input, jobOptions(request, reply));
      metrics.documents.inc(documents.length);
      return sendJson(reply, linked);
    },
  );
}
