import type { Options } from "yargs";
import { SERVE_DEFAULTS } from "../server/options.js";
import { UsageError } from "./number-option.js";

/** Where a server and its entities are found. */
export interface AddressArguments {
  readonly "entity-base": string | undefined;
  readonly "entity-view": string | undefined;
  readonly "public-url": string | undefined;
}

const ENTITY_BASE = `Put before ids that are no IRIs, for OpenRefine and GERBIL [default: ${SERVE_DEFAULTS.entityBase}]`;

export const ADDRESS_OPTIONS = {
  "entity-base": addressOption("entity-base", ENTITY_BASE, {
    holds: (value) => URL.canParse(value),
    expected: "an IRI",
  }),
  "entity-view": addressOption("entity-view", "Page of an entity, with {{id}} in it, for OpenRefine", {
    holds: (value) => value.includes("{{id}}") && isHttp(value),
    expected: "a URL with {{id}} in it",
  }),
  "public-url": addressOption("public-url", "Where clients reach the server, if it stands behind another", {
    holds: isHttp,
    expected: "a URL that begins with http:// or https://",
  }),
} as const satisfies Record<string, Options>;

interface Address {
  /** What is right. */
  readonly holds: (value: string) => boolean;
  /** The same in words. */
  readonly expected: string;
}

function addressOption(name: string, describe: string, { holds, expected }: Address) {
  return {
    type: "string",
    requiresArg: true,
    describe,
    coerce: (value: string | undefined): string | undefined => {
      if (value !== undefined && !holds(value))
        throw new UsageError(`--${name} is ${JSON.stringify(value)}. Expected ${expected}.`);
      return value;
    },
  } as const satisfies Options;
}

function isHttp(value: string): boolean {
  return /^https?:\/\//u.test(value) && URL.canParse(value);
}
