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

  it("is an Error too where what was thrown throws itself, or is not to be posted", () => {
    const fails = (): never => {
      throw new Error("looked at");
    };
    const cyclic = new Error("in a circle");
    cyclic.cause = cyclic;
    for (const [thrown, message] of [
      [Object.create(null), "what was thrown can't be read"],
      [{ toString: fails }, "what was thrown can't be read"],
      [new Proxy(new Error("a proxy"), { getPrototypeOf: fails }), "what was thrown can't be read"],
      [Object.defineProperty(new Error(), "message", { get: fails }), "what was thrown can't be read"],
      [Object.assign(new Error(), { message: { toString: () => "a text" } }), "a text"],
      [Symbol("a sign"), "Symbol(a sign)"],
      [cyclic, "in a circle"],
    ] as const) {
      assert.equal(arrived(thrown).message, message);
    }
  });
});
