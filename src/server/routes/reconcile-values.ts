/** Between the words of the Reconciliation Service API and those of the jobs. */
import type { Static } from "typebox";
import type { EntityDetails } from "../jobs/entity-details.js";
import type { ReconcileCandidate, ReconcileQuery } from "../jobs/reconcile.js";
import type { Extension, Query, Results, Rows } from "./reconcile-schemas.js";

/** The type of all entities, for clients that want to name one. */
export const ANY_TYPE = { id: "ENTITY", name: "Any entity" } as const;

/** What the service tells of entities, and is told of them. */
export const PROPERTIES = [
  { id: "name", name: "name" },
  { id: "description", name: "description" },
  { id: "type", name: "type" },
  { id: "aliases", name: "aliases" },
  { id: "freq", name: "frequency" },
] as const;

const DEFAULT_LIMIT = 10;

type Given = Static<typeof Query>;
type Value = Extract<NonNullable<Given["properties"]>[number]["v"], readonly unknown[]>[number];

/** A query as a job takes it. A name may come as a property; type narrows the search; all else is what the model reads. */
export function queryOf({ query = "", type, limit, properties = [], type_strict }: Given): ReconcileQuery {
  const valuesOf = (wanted: (pid: string) => boolean): string[] =>
    properties.filter(({ pid }) => wanted(pid)).flatMap(({ v }) => [v].flat().map(textOf));
  const [name = ""] = [query, ...valuesOf((pid) => pid === "name")].filter((text) => text.trim() !== "");
  const types = [...[type ?? []].flat(), ...valuesOf((pid) => pid === "type")].filter(
    (id) => id !== "" && id !== ANY_TYPE.id,
  );
  const context = valuesOf((pid) => !["name", "type", "freq"].includes(pid)).filter((text) => text !== "");
  return {
    name: name.trim(),
    context: context.join(", "),
    types,
    typesAreStrict: type_strict !== "should",
    limit: limit ?? DEFAULT_LIMIT,
  };
}

function textOf(value: Value): string {
  return typeof value === "object" ? (value.name ?? value.id) : String(value).trim();
}

export function resultsOf(
  ids: readonly string[],
  answers: readonly (readonly ReconcileCandidate[])[],
): Static<typeof Results> {
  const results = ids.map((id, i) => {
    const result = (answers[i] ?? []).map(({ type, features, ...candidate }) => ({
      ...candidate,
      type: typesOf(type),
      features: Object.entries(features).map(([id, value]) => ({ id, value })),
    }));
    return [id, { result }] as const;
  });
  return Object.fromEntries(results);
}

/** A knowledge base gives an entity one type or none, and types have no other name than their id. */
export function typesOf(type: string): { id: string; name: string }[] {
  return type === "" ? [] : [{ id: type, name: type }];
}

export function rowsOf(
  { ids, properties }: Static<typeof Extension>,
  entities: readonly (EntityDetails | null)[],
): Static<typeof Rows> {
  const meta = properties.map(({ id }) => PROPERTIES.find((known) => known.id === id) ?? { id, name: id });
  const rows = ids.map((id, i) => {
    const cells = properties.map((property) => [property.id, cellsOf(entities[i] ?? null, property.id)]);
    return [id, Object.fromEntries(cells)];
  });
  return { meta, rows: Object.fromEntries(rows) };
}

type Cell = { str: string } | { float: number };

/** None for what the knowledge base does not know. */
function cellsOf(entity: EntityDetails | null, property: string): Cell[] {
  if (!entity) return [];
  if (property === "freq") return [{ float: entity.freq }];
  if (property === "aliases") return entity.aliases.map((str) => ({ str }));
  if (property === "name" || property === "description" || property === "type") {
    return entity[property] === "" ? [] : [{ str: entity[property] }];
  }
  return [];
}
