import Type, { type Static } from "typebox";
import { fold } from "../../kb/fold.js";
import type { App } from "../app.js";
import type { WorkerPool } from "../worker-pool.js";
import { Notable, SuggestQuery, suggestionsOf } from "./reconcile-schemas.js";
import { PROPERTIES, typesOf } from "./reconcile-values.js";
import { PROBLEMS } from "./schemas.js";

interface Named {
  readonly id: string;
  readonly name: string;
}

/** Completes what is typed: names of entities, types and properties. */
export function suggestRoutes(app: App, pool: WorkerPool, typesOfKb: () => Promise<Named[]>): void {
  const route = (
    what: string,
    more: Parameters<typeof suggestionsOf>[0],
    find: (query: Static<typeof SuggestQuery>) => Promise<readonly Named[]>,
  ): void => {
    app.get(
      `/suggest/${what}`,
      {
        schema: {
          tags: ["reconciliation"],
          summary: `Complete what is typed to the name of ${what === "entity" ? "an entity" : `a ${what}`}`,
          querystring: SuggestQuery,
          response: { 200: suggestionsOf(more), ...PROBLEMS },
        },
      },
      async (request) => ({ result: await find(request.query as Static<typeof SuggestQuery>) }),
    );
  };
  route("entity", { description: Type.String(), notable: Notable }, async (query) => {
    const found = await pool.run("suggest", query);
    return found.map(({ type, ...entity }) => ({ ...entity, notable: typesOf(type) }));
  });
  route("type", {}, async (query) => beginningWith(await typesOfKb(), query));
  route("property", {}, async (query) => beginningWith(PROPERTIES, query));
}

/** Those whose id or name, or a word of them, begins with the prefix; case and accents aside. */
function beginningWith(
  all: readonly Named[],
  { prefix, cursor, limit }: Static<typeof SuggestQuery>,
): Named[] {
  const key = fold(prefix);
  const found = all.filter(({ id, name }) => [id, name].some((text) => ` ${fold(text)}`.includes(` ${key}`)));
  return found.slice(cursor, cursor + limit);
}
