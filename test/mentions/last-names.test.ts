import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { lastNames } from "../../src/mentions/last-names.js";
import { marked } from "../fixtures.js";

/** Surfaces with their offsets. */
function found(text: string): string[] {
  const doc = marked(text);
  return lastNames(doc, doc.ents).map(
    ({ start, end, label }) => `${start} ${doc.text.slice(start, end)} ${label}`,
  );
}

describe("lastNames", () => {
  it("finds the last name of a person after the full name, and not before", () => {
    assert.deepEqual(found("Merkel? [Angela Merkel|Q1|PERSON] left. Merkel's car, and Mrs Merkel."), [
      "28 Merkel PERSON",
      "50 Merkel PERSON",
    ]);
  });

  it("finds it after a headline in capitals, and in one", () => {
    assert.deepEqual(found("[ANGELA MERKEL|Q1|PERSON] SPEAKS. Merkel left, merkel did. MERKEL LOST."), [
      "22 Merkel PERSON",
      "47 MERKEL PERSON",
    ]);
  });

  it("leaves other people of that name, other words, and mentions alone", () => {
    assert.deepEqual(
      found("[Angela Merkel|Q1|PERSON] met his uncle Max Merkel, a merkel, [Merkel|Q2] and Merkels."),
      [],
    );
  });

  it("knows last names of people alone, and no suffixes", () => {
    assert.deepEqual(found("[New York|Q1|GPE]. York is old. [Cher|Q2|PERSON], Cher."), []);
    assert.deepEqual(found("[Sammy Davis, Jr|Q1|PERSON]. Davis sang; Jr did not."), ["17 Davis PERSON"]);
  });
});
