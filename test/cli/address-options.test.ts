import assert from "node:assert/strict";
import { it } from "node:test";
import { linkwright } from "../fixtures.js";

it("addresses that lead nowhere are refused before anything is read", () => {
  for (const [name, value, expected] of [
    ["--entity-base", "no iri", /--entity-base is "no iri"\. Expected an IRI/],
    ["--entity-view", "https://example.org/", /--entity-view is .* Expected a URL with \{\{id\}\} in it/],
    ["--public-url", "example.org", /--public-url is "example\.org"\. Expected a URL that begins with/],
  ] as const) {
    const { status, stderr } = linkwright(["serve", "nowhere", name, value]);
    assert.equal(status, 2, stderr);
    assert.match(stderr, expected);
  }
});
