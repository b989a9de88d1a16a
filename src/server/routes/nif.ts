import Type from "typebox";
import type { App, Served } from "../app.js";
import { textOf } from "../bodies.js";
import type { ServeOptions } from "../options.js";
import { BODY_PROBLEMS } from "./schemas.js";

/** GERBIL writes the second. */
const TURTLE = ["text/turtle", "application/x-turtle"];

/** NIF over HTTP, as GERBIL speaks it: it sends a document, and takes back the same with links. */
export async function nifRoutes(
  app: App,
  { pool, metrics }: Served,
  { entityBase, batchLimit }: ServeOptions,
): Promise<void> {
  readTurtle(app);
  const content = Object.fromEntries(TURTLE.map((type) => [type, { schema: Type.String() }]));
  app.post(
    "/nif",
    {
      schema: {
        tags: ["GERBIL"],
        summary: "Link the documents of NIF; mentions are found where there are none",
        consumes: TURTLE,
        body: Type.String({ minLength: 1, description: "NIF 2.0 in Turtle, offsets in code points" }),
        response: { 200: { description: "The same documents, with links", content }, ...BODY_PROBLEMS },
      },
    },
    async (request, reply) => {
      const { turtle, documents } = await pool.run("nif", {
        turtle: request.body as string,
        entityBase,
        limit: batchLimit,
      });
      metrics.documents.inc(documents);
      const type = request.headers["content-type"]?.split(";")[0] as string;
      return reply.type(`${type}; charset=utf-8`).send(turtle);
    },
  );
}

/** Turtle is UTF-8; what is not is refused, not repaired. */
function readTurtle(app: App): void {
  app.removeAllContentTypeParsers();
  app.addContentTypeParser(TURTLE, { parseAs: "buffer" }, (_request, body, done) => {
    try {
      done(null, textOf(body as Buffer));
    } catch (error) {
      done(error as Error);
    }
  });
}
