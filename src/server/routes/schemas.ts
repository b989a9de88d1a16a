import Type from "typebox";

/** What a refused request is answered. */
export const Problem = Type.Object(
  {
    detail: Type.Array(
      Type.Object({
        loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
        msg: Type.String(),
        type: Type.String(),
      }),
    ),
  },
  { title: "Problem", description: "What is wrong, and where" },
);

/** Answers that every linking route may give. */
export const PROBLEMS = { 401: Type.Any(), 413: Problem, 415: Problem, 422: Problem, 503: Problem } as const;

/** Offsets and counts. */
export const Offset = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
export const Share = Type.Number({ minimum: 0, maximum: 1 });
