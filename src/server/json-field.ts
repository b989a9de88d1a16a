import { Ajv, type ErrorObject } from "ajv";
import type { Static, TSchema } from "typebox";
import { Refusal } from "./problems.js";

/** Where a field came in. */
export type Part = "body" | "querystring";

/** Reads fields of forms and queries that hold JSON; what is wrong with one is answered as if it were the body's own. */
export class JsonField<Schema extends TSchema> {
  private readonly validate: ReturnType<Ajv["compile"]>;

  constructor(
    private readonly name: string,
    schema: Schema,
  ) {
    this.validate = new Ajv({ strict: false }).compile(schema);
  }

  /** @throws an error for {@link answerProblems} */
  read(text: string, part: Part): Static<Schema> {
    let json: unknown;
    try {
      json = JSON.parse(text);
    } catch (error) {
      throw wrong(part, [
        { ...NOT_JSON, instancePath: `/${this.name}`, message: `is not JSON: ${(error as Error).message}` },
      ]);
    }
    if (this.validate(json)) return json as Static<Schema>;
    const found = (this.validate.errors ?? []).map((error) => ({
      ...error,
      instancePath: `/${this.name}${error.instancePath}`,
    }));
    throw wrong(part, found);
  }
}

const NOT_JSON = { keyword: "json", schemaPath: "", params: {} };

function wrong(validationContext: Part, validation: readonly ErrorObject[]): Error {
  return Object.assign(new Error("not as expected"), { validation, validationContext });
}

/** @throws Refusal */
export function refuseMore(
  found: number,
  limit: number,
  { what, loc }: { what: string; loc: string[] },
): void {
  if (found <= limit) return;
  const msg = `${found} ${what}, ${limit} are allowed at a time`;
  throw new Refusal(413, { loc, msg, type: "value_error.too_large" });
}
