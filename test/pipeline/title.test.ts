import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { nameOfTitle } from "../../src/pipeline/title.js";

describe("nameOfTitle", () => {
  it("takes a place behind a comma off, and leaves lists and brackets as they are", () => {
    assert.deepEqual(nameOfTitle("Los Altos, California"), { name: "Los Altos", place: "California" });
    for (const title of [
      "Paris",
      "Steve Jobs (book)",
      "Yesterday, Today and Tomorrow",
      "Emerson, Lake & Palmer",
      "Me, myself",
      "Rome, Paris, London",
    ]) {
      assert.deepEqual(nameOfTitle(title), { name: title, place: "" });
    }
  });
});
