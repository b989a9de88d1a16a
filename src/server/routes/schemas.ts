import Type from "typebox";

/** What a refused request is answered. */
export const problem = (description: string) =>
  Type.Object(
    {
      detail: Type.Array(
        Type.Object({
          loc: Type.Array(Type.Union([Type.String(), Type.Integer()])),
          msg: Type.String(),
          type: Type.String(),
        }),
      ),
    },
    { title: "Problem", description },
  );

/** Answers that every linking route may give. */
export const PROBLEMS = {
  401: problem("No token, or none that is known"),
  422: problem("What is wrong with the request, and where"),
  500: problem("Something failed; the request is not at fault"),
  503: problem("Too much to do, or it took too long: try again after the seconds of Retry-After"),
} as const;
/** And those that take a body. */
export const BODY_PROBLEMS = {
  ...PROBLEMS,
  408: problem("The body did not come in time"),
  413: problem("More than the server takes at a time"),
  415: problem("A type of body that this path does not take"),
} as const;

/** Offsets and counts. */
export const Offset = Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 });
export const Share = Type.Number({ minimum: 0, maximum: 1 });
