import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { LinkwrightError, linkwrightError } from "../src/errors.js";
import { fromPlainError, toPlainError } from "../src/thread-error.js";

/** What arrives in another thread of what was thrown in this one. */
const arrived = (thrown: unknown): Error => fromPlainError(structuredClone(toPlainError(thrown)));

describe("an error on its way to another thread", () => {
  it("keeps class, code and message where it has a code", () => {
    const error = linkwrightError("L209", { found: -1 });
    const found = arrived(error);
    assert.ok(found instanceof LinkwrightError);
    assert.deepEqual([found.name, found.code, found.message], [error.name, error.code, error.message]);
  });

  it("is an Error with its message otherwise, whatever was thrown", () => {
    for (const [thrown, message] of [
      [new RangeError("too far"), "too far"],
      [Object.assign(new Error("no file"), { code: "ENOENT" }), "no file"],
      ["a word", "a word"],
      [undefined, "undefined"],
    ] as const) {
      const found = arrived(thrown);
      assert.deepEqual([found.constructor, found.message], [Error, message]);
      assert.ok(!("code" in found));
    }
  });
});
