/** What goes in and out of the reconciliation routes: the Reconciliation Service API 0.2 of the W3C community group. */
import Type, { type TSchema } from "typebox";

/** Longer names and values are refused: they are texts. */
const LONGEST = 1000;
const MOST_VALUES = 50;
const Text = Type.String({ maxLength: LONGEST });

const Value = Type.Union([
  Text,
  Type.Number(),
  Type.Boolean(),
  Type.Object({ id: Text, name: Type.Optional(Text) }),
]);

const Property = Type.Object({
  pid: Text,
  v: Type.Union([Value, Type.Array(Value, { maxItems: MOST_VALUES })]),
});

/** By name, or by its properties alone. */
export const Query = Type.Object(
  {
    query: Type.Optional(Text),
    type: Type.Optional(Type.Union([Text, Type.Array(Text, { maxItems: MOST_VALUES })])),
    limit: Type.Optional(Type.Integer({ minimum: 1 })),
    properties: Type.Optional(Type.Array(Property, { maxItems: MOST_VALUES })),
    type_strict: Type.Optional(
      Type.Enum(["any", "all", "should"], {
        description: '"should": entities of other types score less, but are not left out',
      }),
    ),
  },
  {
    additionalProperties: false,
    anyOf: [
      { required: ["query"] },
      { required: ["properties"], properties: { properties: { minItems: 1 } } },
    ],
  },
);
export const Queries = Type.Record(Type.String(), Query);

export const Extension = Type.Object({
  ids: Type.Array(Text),
  properties: Type.Array(Type.Object({ id: Text }), { maxItems: MOST_VALUES }),
});

const Named = { id: Type.String(), name: Type.String() };
const NamedType = Type.Object(Named);

export const Results = Type.Record(
  Type.String(),
  Type.Object({
    result: Type.Array(
      Type.Object({
        ...Named,
        description: Type.String(),
        type: Type.Array(NamedType),
        score: Type.Number({ minimum: 0, maximum: 100 }),
        match: Type.Boolean({ description: "Whether it may be taken without a look at it" }),
        features: Type.Array(
          Type.Object({ id: Type.String(), value: Type.Union([Type.Number(), Type.Boolean()]) }),
        ),
      }),
    ),
  }),
);

export const Rows = Type.Object({
  meta: Type.Array(NamedType),
  rows: Type.Record(
    Type.String(),
    Type.Record(
      Type.String(),
      Type.Array(Type.Union([Type.Object({ str: Type.String() }), Type.Object({ float: Type.Number() })])),
    ),
  ),
});

const Service = Type.Object({ service_url: Type.String(), service_path: Type.String() });

export const Manifest = Type.Object({
  versions: Type.Array(Type.String()),
  name: Type.String(),
  identifierSpace: Type.String(),
  schemaSpace: Type.String(),
  defaultTypes: Type.Array(NamedType),
  documentation: Type.String(),
  serviceVersion: Type.String(),
  batchSize: Type.Integer(),
  view: Type.Optional(Type.Object({ url: Type.String() })),
  preview: Type.Object({ url: Type.String(), width: Type.Integer(), height: Type.Integer() }),
  suggest: Type.Object({ entity: Service, type: Service, property: Service }),
  extend: Type.Object({ propose_properties: Service, property_settings: Type.Array(Type.Any()) }),
  authentication: Type.Optional(
    Type.Object({
      type: Type.String(),
      name: Type.String(),
      in: Type.String(),
      description: Type.String(),
    }),
  ),
});

export const Proposal = Type.Object(
  {
    type: Type.Optional(Type.String()),
    limit: Type.Optional(Type.Integer()),
    properties: Type.Array(NamedType),
  },
  { description: "The properties" },
);

/** Suggestions of a kind; entities tell their types too. */
export const suggestionsOf = (more: Record<string, TSchema>): TSchema =>
  Type.Object(
    { result: Type.Array(Type.Object({ ...Named, ...more })) },
    { description: "What begins so, the likeliest first" },
  );
export const Notable = Type.Array(NamedType);

export const SuggestQuery = Type.Object({
  prefix: Type.String({ maxLength: LONGEST, description: "What was typed so far" }),
  cursor: Type.Integer({ minimum: 0, maximum: 10_000, default: 0, description: "Suggestions to pass over" }),
  limit: Type.Integer({ minimum: 1, maximum: 100, default: 10 }),
});
